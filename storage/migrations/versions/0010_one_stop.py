"""That a run is to stop, and what comes then, is one thing: runs that are being stopped go on with it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

RUN = sa.table("run", sa.column("id", sa.Integer), sa.column("inputs", sa.JSON))


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.select(RUN.c.id, RUN.c.inputs)).all()
    stopped = [(number, stop_of(inputs)) for number, inputs in rows if "cancel" in inputs or "then" in inputs]
    for number, inputs in stopped:
        connection.execute(RUN.update().where(RUN.c.id == number).values(inputs=inputs))


def stop_of(inputs: dict[str, Any]) -> dict[str, Any]:
    """`cancel: {by, at}` and `then: {by, rollback}` as `stop: {by, at, then: {by, run}}`."""
    rest = {name: each for name, each in inputs.items() if name not in ("cancel", "then")}
    then = inputs.get("then")
    follows = {"by": then["by"], "run": then["rollback"]} if then else None
    asked = inputs.get("cancel") or {"by": then["by"] if then else "", "at": ""}
    return {**rest, "stop": {**asked, "then": follows}}
