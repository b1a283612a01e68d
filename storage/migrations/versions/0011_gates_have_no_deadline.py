"""Decisions have no deadline of their own: timers end what nobody decides about."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("gate", schema=None) as batch_op:
        batch_op.drop_column("deadline")
