"""The checklist of an incident has one card: of several, the first goes on, and the others stay as they are."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

CARD = sa.table("card", *(sa.column(name) for name in ("id", "run_id", "page", "wanted", "state")))


def upgrade() -> None:
    connection = op.get_bind()
    incidents: sa.Select[Any] = sa.select(sa.column("run_id")).select_from(sa.table("incident"))
    of_several = (CARD.c.page.like("main/%"), CARD.c.run_id.in_(incidents), CARD.c.state == "live")
    first = sa.select(sa.func.min(CARD.c.id)).where(*of_several).group_by(CARD.c.run_id)
    numbers = connection.execute(first).scalars().all()
    connection.execute(CARD.update().where(*of_several, CARD.c.id.not_in(numbers)).values(state="retired"))
    shown = {"page": "main", "wanted": CARD.c.wanted + 1}
    connection.execute(CARD.update().where(CARD.c.id.in_(numbers)).values(shown))
