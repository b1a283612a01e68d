"""What the process has of its machine: the clock, threads, private files, memory that nobody reads."""
