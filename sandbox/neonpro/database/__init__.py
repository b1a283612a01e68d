"""The practice database: PostgreSQL, its tables and its migrations."""
