"""The whole bot, driven through the practice Slack as people would drive it."""
