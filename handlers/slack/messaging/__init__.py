"""Messages: where they go, what they say, whom they mention, posted once."""
