"""The practice Vercel: its state, and how it answers."""
