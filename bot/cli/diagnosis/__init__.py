"""What the doctor makes of what it found: pure functions from facts to findings."""
