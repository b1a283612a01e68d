"""Deploys in Slack."""
