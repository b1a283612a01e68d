"""Incidents in Slack."""
