"""Proven backups: what is known of each, how long it is kept, whether its files are still what they were."""
