"""Twilio: telephone calls that a digit acknowledges, and text messages."""
