"""Who has looked at the app's Home."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("home", sa.Boolean(), nullable=False, server_default=sa.false()))
