"""The product: runbook, runs, incidents, duties, people. Knows nothing of Slack or SQL."""
