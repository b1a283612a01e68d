"""On call: who is called now, who covers for whom, and whether everybody can be reached."""
