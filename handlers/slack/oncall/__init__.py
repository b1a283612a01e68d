"""Being on call, in Slack."""
