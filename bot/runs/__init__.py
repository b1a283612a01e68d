"""Runs: procedures being executed."""
