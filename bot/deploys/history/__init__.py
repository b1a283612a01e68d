"""What ran and how it ended: the log, its figures, and what it says of deployments."""
