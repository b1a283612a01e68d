"""Cards and effects that wait for something outside to be mended; cards that died of it before live again."""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("effect", sa.Column("tried_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("card", sa.Column("held_since", UtcDateTime(timezone=True), nullable=True))
    op.add_column("card", sa.Column("held_until", UtcDateTime(timezone=True), nullable=True))
    op.execute("UPDATE card SET state = 'live', error = NULL WHERE state = 'dead'")
