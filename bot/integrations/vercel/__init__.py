"""Vercel: what is live, what can be made live, whether it happened. READY is not live; a rollback pins production."""
