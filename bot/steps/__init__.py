"""The kinds of steps, one module each: what the runbook may say of it, what the bot does, and what it may.

A module lists its kinds in KINDS, and is found by that: nothing else names it. Below a folder stand the kinds of one
system, with what they share and what a procedure with them needs.
"""
