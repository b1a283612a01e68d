"""The database's schema beside the code: what a migration changes, and what an older version may not survive."""
