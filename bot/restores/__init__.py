"""Restoring the database: asked for by one person, approved by another, never on one click."""
