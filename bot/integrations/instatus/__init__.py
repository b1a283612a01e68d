"""A page of our own at Instatus."""
