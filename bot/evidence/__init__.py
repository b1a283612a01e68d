"""Evidence of incidents: messages and files kept as they were, with their hash and who had them in hand."""
