"""Slack's Web API and Socket Mode: calls, rate budgets, error codes."""
