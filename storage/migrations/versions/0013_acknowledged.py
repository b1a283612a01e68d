"""Who is on an incident since when, and what became of each alert when."""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("acknowledged_at", UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("acknowledged_by", sa.String(), nullable=True))
    with op.batch_alter_table("alert", schema=None) as batch_op:
        for name in ("sent_at", "delivered_at", "acknowledged_at"):
            batch_op.add_column(sa.Column(name, UtcDateTime(timezone=True), nullable=True))
