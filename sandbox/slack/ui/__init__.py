"""The JSON that the practice page talks, and the socket that tells it what changed."""
