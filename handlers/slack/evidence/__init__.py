"""Evidence of incidents in Slack."""
