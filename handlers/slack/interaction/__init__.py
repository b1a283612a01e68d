"""What a person asks in Slack, read into typed values, and who may see what."""
