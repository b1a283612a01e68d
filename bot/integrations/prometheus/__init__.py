"""Prometheus: one number, or why there is none."""
