"""Restores of the database in Slack."""
