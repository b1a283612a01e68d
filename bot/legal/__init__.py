"""What the law asks of the team after an incident: clocks that run, and communications that people write."""
