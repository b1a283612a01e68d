"""The legal side of incidents in Slack."""
