"""Rollbacks: chosen, confirmed, started at once, undone."""
