"""Status updates in Slack."""
