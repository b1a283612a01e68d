"""HTTP for every integration: one client, one call, one way to name a failure."""
