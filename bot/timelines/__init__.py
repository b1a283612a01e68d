"""The timeline of an incident as people keep and read it: the page behind a link, messages that were saved."""
