"""The runbook: its model, loader, lint, and the bundled NeonPro runbook."""
