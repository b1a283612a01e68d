"""Deploys and rollbacks: asking for them, what stands in their way, how they end, and what is known of them later."""
