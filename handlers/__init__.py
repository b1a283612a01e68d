"""Every door: Slack (commands, clicks, cards, the publisher) and the web port."""
