"""Runs that wait for a person: what is to be decided, by whom, and until when."""
