"""Approving a deploy: whose word it takes, and how long that counts."""
