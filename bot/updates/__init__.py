"""Status updates: what an incident's people tell the team, its subscribers and the customers."""
