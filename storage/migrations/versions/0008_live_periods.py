"""What production was seen to be."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
import yaml
from alembic import op

from storage.types import UtcDateTime

revision = "0008"
down_revision = "0007"

PERIOD = sa.table(
    "live_period", sa.column("id", sa.Integer), sa.column("run_id", sa.Integer), sa.column("service", sa.String),
    sa.column("deployment", sa.String), sa.column("seen_at", UtcDateTime(timezone=True)), sa.column("how", sa.String),
    sa.column("moved", sa.Boolean), sa.column("over_at", UtcDateTime(timezone=True)),
    sa.column("followed_by", sa.String), sa.column("ended_by", sa.Integer),
)  # fmt: skip
RUN = sa.table(
    "run", sa.column("id", sa.Integer), sa.column("procedure", sa.String), sa.column("kind", sa.String),
    sa.column("drill", sa.Boolean), sa.column("runbook_version", sa.String),
)  # fmt: skip
STEP = sa.table(
    "step", sa.column("run_id", sa.Integer), sa.column("step_id", sa.String), sa.column("state", sa.String),
    sa.column("detail", sa.JSON), sa.column("ended_at", UtcDateTime(timezone=True)),
)  # fmt: skip
RUNBOOK = sa.table("runbook", sa.column("version", sa.String), sa.column("text", sa.Text))


def upgrade() -> None:
    op.create_table(
        "live_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("deployment", sa.String(), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("over_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("followed_by", sa.String(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.ForeignKeyConstraint(["ended_by"], ["run.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("live_period", schema=None) as batch_op:
        batch_op.create_index("ix_live_period_run", ["run_id"], unique=False)
        batch_op.create_index("ix_live_period_service_over", ["service", "over_at"], unique=False)
    _carry_over(op.get_bind())


def _carry_over(connection: sa.Connection) -> None:
    """What earlier versions saw live stands in the steps that waited for it; asked for is not seen."""
    texts = {row[0]: row[1] for row in connection.execute(sa.select(RUNBOOK.c.version, RUNBOOK.c.text))}
    runs = sa.select(RUN).where(RUN.c.kind.in_(["deploy", "rollback"]), RUN.c.drill.is_(False)).order_by(RUN.c.id)
    for run in connection.execute(runs).mappings().all():
        found = connection.execute(sa.select(STEP).where(STEP.c.run_id == run["id"], STEP.c.state == "done"))
        steps = {step["step_id"]: dict(step) for step in found.mappings()}
        for seen in _seen(dict(run), texts.get(run["runbook_version"], ""), steps):
            _keep(connection, seen)


def _seen(run: dict[str, Any], text: str, steps: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    kinds = dict(_kinds(text, run["procedure"]))
    moves = {service: steps.get(step) for step, (kind, service) in kinds.items()
             if kind in ("vercel.promote", "vercel.rollback")}  # fmt: skip
    for step, (kind, service) in kinds.items():
        waited = steps.get(step) if kind == "vercel.wait_alias" else None
        if waited and waited["detail"].get("deployment") and waited["ended_at"]:
            asked = (moves.get(service) or {}).get("detail", {})
            was_there = asked.get("state") == "already_current" and run["kind"] == "rollback"
            yield {"run_id": run["id"], "service": service, "deployment": waited["detail"]["deployment"],
                   "seen_at": waited["ended_at"], "how": "migrated", "moved": not was_there}  # fmt: skip


def _kinds(text: str, procedure: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Step -> its kind and service."""
    for each in (yaml.safe_load(text) or {}).get("procedures", ()):
        for phase in each.get("phases", ()) if each.get("id") == procedure else ():
            for step in phase.get("steps", ()):
                service = step.get("service") or phase.get("service")
                if service:
                    yield step["id"], (step.get("kind", "manual"), service)


def _keep(connection: sa.Connection, seen: dict[str, Any]) -> None:
    over = {"over_at": seen["seen_at"], "followed_by": seen["deployment"], "ended_by": seen["run_id"]}
    before = (PERIOD.c.service == seen["service"], PERIOD.c.over_at.is_(None))
    connection.execute(sa.update(PERIOD).where(*before).values(over))
    connection.execute(sa.insert(PERIOD).values(seen))
