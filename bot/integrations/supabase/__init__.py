"""Supabase: whether the project is healthy, and what it can be restored to."""
