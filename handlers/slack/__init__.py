"""Slack: commands, clicks and forms come in; cards, channels and messages go out."""
