"""What drives a run: its next move, its steps at work, what comes of them."""
