"""Alerting people: who was reached, how, who was not and why, and who is tried instead."""
