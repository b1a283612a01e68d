"""Messages that people save in the timeline."""
