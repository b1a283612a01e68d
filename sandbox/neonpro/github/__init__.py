"""The practice GitHub: its state, and how it answers."""
