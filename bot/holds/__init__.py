"""Holds: what people put in the way of deploys."""
