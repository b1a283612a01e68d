"""Looking at an escalation: each level with each of its people, and what became of calling them."""

from dataclasses import dataclass
from datetime import datetime

from bot.alerts.model import LEVEL, Alert, AlertState, Way
from bot.alerts.outcome import person_name
from bot.domain import Domain
from bot.escalation.calling import escalation_of
from bot.escalation.model import Level
from bot.ports import Tx


@dataclass(frozen=True)
class Called:
    """One person of a level: when something was sent, delivered and acknowledged, and what did not reach them."""

    name: str
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    acknowledged_at: datetime | None = None
    unsure: bool = False
    """Whether a page may have been sent, and nobody knows."""
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class LevelView:
    """A level as it is shown."""

    level: Level
    people: tuple[Called, ...]


def levels_of(domain: Domain, tx: Tx, run_id: int) -> tuple[LevelView, ...]:
    """The levels of a run's escalation, lowest first; empty when it has none."""
    now = escalation_of(domain, tx, run_id)
    return tuple(_view(domain, tx, level) for level in now.levels) if now else ()


def _view(domain: Domain, tx: Tx, level: Level) -> LevelView:
    rows = tx.alerts.find(run_id=level.run_id, item=f"{LEVEL}{level.level}", step_attempt=level.round)
    people = dict.fromkeys((*level.people, *(row.person for row in rows)))
    return LevelView(level, tuple(_called(domain, tx, person, rows) for person in people))


def _called(domain: Domain, tx: Tx, person: str, rows: list[Alert]) -> Called:
    own = [row for row in rows if row.person == person and row.way is not Way.INVITATION]
    failures = [row.how for row in own if row.state in (AlertState.UNREACHED, AlertState.UNSURE) and row.how]
    return Called(
        person_name(domain, tx, person),
        min((row.sent_at for row in own if row.sent_at), default=None),
        min((row.delivered_at for row in own if row.delivered_at), default=None),
        min((row.acknowledged_at for row in own if row.acknowledged_at), default=None),
        any(row.state is AlertState.UNSURE for row in own),
        tuple(dict.fromkeys(failures)),
    )
