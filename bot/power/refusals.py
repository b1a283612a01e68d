"""Refusals leave a trace that nobody can flood: the first of a person's hour one by one, the rest as a number."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor
from bot.ports import Tx
from bot.power.model import RefusedInHour
from bot.text import shorten

FIRST = 3
"""So many refusals of one person in one hour are an event each, with what was refused and why."""
OPERATIONS = 60
"""Kinds of operations that are counted by name for each person and hour."""
OTHERS = "…"
Way = Literal["click", "command", "form", "shortcut"]
"""How something was asked for."""


def hour_of(moment: datetime) -> datetime:
    """The hour in which it lies."""
    return moment.replace(minute=0, second=0, microsecond=0)


def record(
    domain: Domain, tx: Tx, actor: Actor, run_id: int | None, way: Way, operation: str, refusal: Refusal
) -> bool:
    """Count a refusal, and write it down when it is one of the first of its hour; whether it was."""
    row = counted(tx, actor, hour_of(tx.now), {operation: 1})
    if row.told >= FIRST:
        return False
    tx.refused.save(row, told=row.told + 1)
    known = run_id if run_id and tx.runs.get(run_id) else None
    tx.timeline.record(f"{way}.refused", actor, known, operation=operation, why=shorten(refusal.sentence, 500))
    return True


def counted(tx: Tx, actor: Actor, hour: datetime, deeds: Mapping[str, int]) -> RefusedInHour:
    """Add to what was refused to a person in an hour."""
    row = tx.refused.get(actor.user, hour) or tx.refused.add(RefusedInHour(actor.user, hour, actor.name))
    sums = dict(row.deeds)
    for operation, count in deeds.items():
        name = operation if operation in sums or len(sums) < OPERATIONS else OTHERS
        sums[name] = sums.get(name, 0) + count
    return tx.refused.save(row, count=row.count + sum(deeds.values()), deeds=sums)


def tell_hours(domain: Domain, tx: Tx, instant: datetime) -> None:
    """Write down how much more was refused in the hours that are over."""
    for row in tx.refused.before(hour_of(tx.now)):
        if row.count > row.told:
            tx.timeline.record(
                "refusals.counted", Actor(row.user, row.name), None, hour=row.hour.isoformat(), count=row.count,
                deeds=row.deeds,
            )  # fmt: skip
        tx.refused.remove(row.user, row.hour)
