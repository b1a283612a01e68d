"""Links to timelines."""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "timeline_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("timeline_link", schema=None) as batch_op:
        batch_op.create_index("ix_timeline_link_digest", ["digest"], unique=True)
        batch_op.create_index("ix_timeline_link_run_user", ["run_id", "user"], unique=True)
