"""What the product asks of its database: one short transaction at a time, on frozen records.

A transaction is a plain function that takes a `Tx`; `Database.write` runs it in a thread, commits, and then wakes what
the transaction named. It never waits for the network, and it may be run again when the database asks for that.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bot.alerts.model import Alert
from bot.backups.model import Backup
from bot.deploys.model import Hold
from bot.effects import Effect, Timer
from bot.errors import Refusal
from bot.incidents.model import Incident
from bot.people import Actor, Member
from bot.power.model import InForce, RefusedInHour
from bot.production.model import LivePeriod
from bot.runs.model import Card, Gate, Run, StepRecord
from bot.timeline import Event

T = TypeVar("T")
Record = TypeVar("Record")


class Changed(Refusal):
    """Somebody else changed the same thing in between."""


class DatabaseAway(Refusal):
    """The database does not answer; nothing was saved."""


@dataclass(frozen=True)
class Wake:
    """What a commit wants to be looked at now: a `run`, the effects of a `target`, a `card`, the `timers`."""

    kind: str
    key: str = ""


class Store(Protocol[Record]):
    """Rows of one kind."""

    def add(self, record: Record) -> Record:
        """Insert; an id of 0 is given by the database."""
        ...

    def add_all(self, records: Sequence[Record]) -> None:
        """Insert many that bring their keys, in one statement."""
        ...

    def get(self, *key: Any) -> Record | None:
        """The row with this primary key."""
        ...

    def find(self, *, order: str = "", limit: int | None = None, **equals: Any) -> list[Record]:
        """Rows whose fields equal the values (a tuple = any of them); `order` is a field, `-field` for descending."""
        ...

    def save(self, record: Record, **changes: Any) -> Record:
        """Update the row; raises Changed when its `version` is not the record's (records that have one)."""
        ...


class Steps(Store[StepRecord], Protocol):
    """Steps of runs."""

    def runs_at_work(self) -> list[int]:
        """Ids of the runs with a step that is started or asked for."""
        ...


class Cards(Store[Card], Protocol):
    """Messages that show runs."""

    def dirty(self) -> list[int]:
        """Ids of live cards that Slack shows in an older state, and that nothing holds now."""
        ...

    def release(self, **which: Any) -> None:
        """Have the cards that are held (of this channel, of this run, or all) shown now."""
        ...

    def touch(self, run_id: int, page: str | None = None) -> None:
        """Ask for the cards of a run (or one of them) to be drawn anew."""
        ...


class Effects(Store[Effect], Protocol):
    """Things to do outside."""

    def followers(self, seq: int) -> list[str]:
        """Targets of the effects that wait for this one."""
        ...

    def plan(
        self,
        kind: str,
        target: str,
        payload: dict[str, Any],
        *,
        run_id: int | None = None,
        step_id: str | None = None,
        after: int | None = None,
        priority: int = 5,
    ) -> Effect:
        """Write down something to do outside after the commit; what its target holds is tried with it."""
        ...

    def release(self) -> None:
        """Have every effect that is held tried now."""
        ...

    def next(self, target: str) -> Effect | None:
        """The oldest effect of the target that is neither done nor dead."""
        ...

    def targets(self, now: datetime) -> list[str]:
        """Targets with something to do that is due."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete what was done before; returns how many."""
        ...

    def waiting(self) -> tuple[int, datetime | None]:
        """How many are to be done, and since when the oldest waits."""
        ...


class Timers(Store[Timer], Protocol):
    """Due times."""

    def set(self, kind: str, key: str, due_at: datetime, run_id: int, **payload: Any) -> Timer:
        """Set a timer; one with the same run, kind and key is replaced while it has not fired."""
        ...

    def cancel(self, run_id: int, *kinds: str) -> int:
        """Cancel what is pending; without kinds, all of the run. Returns how many."""
        ...

    def due(self, now: datetime) -> list[Timer]:
        """Pending timers whose time has come, oldest first."""
        ...

    def next_due(self) -> datetime | None:
        """When the next pending timer is due."""
        ...


class Timeline(Protocol):
    """The chain of events."""

    def record(self, kind: str, actor: Actor, run_id: int | None = None, **data: Any) -> Event:
        """Append an event to the chain. Texts are masked before they are stored."""
        ...

    def of_run(self, run_id: int, *, before: int | None = None, limit: int = 50) -> list[Event]:
        """The latest events of a run before `before`, oldest first."""
        ...

    def of_run_after(self, run_id: int, seq: int, limit: int) -> list[Event]:
        """Events of a run after `seq`, in order."""
        ...

    def after(self, seq: int, limit: int) -> list[Event]:
        """Events of the whole chain after `seq`, in order."""
        ...

    def head(self) -> tuple[int, str]:
        """Sequence number and hash of the newest event."""
        ...


class Holds(Store[Hold], Protocol):
    """Locks and freezes."""

    def remove(self, environment: str, kind: str) -> None:
        """Delete a hold."""
        ...


class Refused(Store[RefusedInHour], Protocol):
    """What was refused, by person and hour."""

    def before(self, hour: datetime) -> list[RefusedInHour]:
        """Those of hours before this one, oldest first."""
        ...

    def remove(self, user: str, hour: datetime) -> None:
        """Delete what was told of."""
        ...


class Locks(Protocol):
    """Which run holds an environment."""

    def take(self, environment: str, run_id: int) -> int:
        """Insert the environment's lock row or find it: the id of the run that holds it now."""
        ...

    def release(self, run_id: int) -> None:
        """Delete the lock rows of a run."""
        ...

    def holder(self, environment: str) -> int | None:
        """The run that holds the environment."""
        ...


class Deliveries(Protocol):
    """What Slack delivered already."""

    def claim(self, identity: str) -> bool:
        """Whether this delivery is seen for the first time."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete identities older than this; returns how many."""
        ...


class Runbooks(Protocol):
    """Every version of the runbook that was in force."""

    def keep(self, version: str, text: str, source: str) -> None:
        """Archive a version of the runbook (nothing happens when it is there already)."""
        ...

    def text(self, version: str) -> tuple[str, str] | None:
        """Text and source of an archived version."""
        ...


@dataclass(frozen=True)
class HealthResult:
    """One answer of one check, asked `at`. `state`: healthy, slow, unhealthy, unknown. `run_id` when a run asked."""

    id: int
    at: datetime
    group: str
    check_id: str
    title: str
    state: str
    latency_ms: int | None = None
    reason: str | None = None
    run_id: int | None = None


class Tx(Protocol):
    """One transaction."""

    @property
    def now(self) -> datetime: ...
    @property
    def runs(self) -> Store[Run]: ...
    @property
    def steps(self) -> Steps: ...
    @property
    def gates(self) -> Store[Gate]: ...
    @property
    def incidents(self) -> Store[Incident]: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def effects(self) -> Effects: ...
    @property
    def alerts(self) -> Store[Alert]: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def timeline(self) -> Timeline: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def members(self) -> Store[Member]: ...
    @property
    def health(self) -> Store[HealthResult]: ...
    @property
    def backups(self) -> Store[Backup]: ...
    @property
    def live_periods(self) -> Store[LivePeriod]: ...
    @property
    def holds(self) -> Holds: ...
    @property
    def locks(self) -> Locks: ...
    @property
    def runbooks(self) -> Runbooks: ...
    @property
    def in_force(self) -> Store[InForce]: ...
    @property
    def refused(self) -> Refused: ...

    def wake(self, kind: str, key: object = "") -> None:
        """Have something looked at right after the commit."""
        ...


class Database(Protocol):
    """Runs transactions."""

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run in one transaction, one writer at a time; raises DatabaseAway when the database does not answer."""
        ...

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run against a snapshot, beside writers."""
        ...

    async def warm_up(self, work: Callable[[Tx], object]) -> None:
        """Run once what is going to be asked for, and take it back: it changes and wakes nothing."""
        ...

    def on_commit(self, listener: Callable[[Iterable[Wake]], None]) -> None:
        """Tell who hears the wakes of each commit, on the event loop."""
        ...


def one(records: Sequence[Record]) -> Record | None:
    """The only record, or None; more than one is a defect."""
    assert len(records) <= 1
    return records[0] if records else None
