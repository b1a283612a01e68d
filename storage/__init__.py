"""Everything SQL: tables, stores that take and return bot types, migrations."""
