"""Deploys and rollbacks: asking for them, approving, confirming, cancelling, looking."""
