"""Health in Slack."""
