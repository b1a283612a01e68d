"""The product's database: queries, and PostgreSQL's own programs."""
