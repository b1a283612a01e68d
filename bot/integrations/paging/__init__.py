"""Pagers of people."""
