"""Runs in Slack."""
