"""The ways in: Slack (commands, clicks, cards, the publisher) and the web port."""
