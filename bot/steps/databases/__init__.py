"""Steps about backups and restores."""
