"""Several replicas on one PostgreSQL: who works on what, who has died, and who may still act."""
