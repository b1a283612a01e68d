"""PagerDuty: events that call whom it has on call, who that is, and what it tells us."""
