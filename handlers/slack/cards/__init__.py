"""Cards: drawn from the database, kept up to date in Slack."""
