"""Health: the runbook's checks, all at once, each answer kept."""
