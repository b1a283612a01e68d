"""Who holds what: what was in force, what changed of it, and what was refused to whom."""
