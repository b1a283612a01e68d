"""Vendors' status pages."""
