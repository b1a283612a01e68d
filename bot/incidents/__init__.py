"""Incidents: declaring, conducting, resolving, and looking at them."""
