"""The complete timeline of an incident on the web port, behind a link that expires."""
