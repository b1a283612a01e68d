"""The escalation matrix on the clock: level after level is called until somebody acknowledges the incident."""
