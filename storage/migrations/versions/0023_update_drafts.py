"""Drafts of status updates, which their writers look at before they are sent."""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "update_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("update", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
