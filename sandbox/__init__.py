"""A practice Slack workspace and a practice NeonPro, in one process; imports nothing of the product."""
