"""Rollbacks in Slack."""
