"""One transaction, and the database that runs it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from bot.alerts.model import Alert
from bot.backups.model import Backup
from bot.errors import Refusal
from bot.incidents.model import Incident
from bot.people import Member
from bot.ports.cards import Cards
from bot.ports.claims import Claims
from bot.ports.effects import Effects
from bot.ports.environments import Holds, Locks
from bot.ports.health import Health
from bot.ports.power import Refused
from bot.ports.runbooks import Runbooks
from bot.ports.runs import Steps
from bot.ports.store import Store
from bot.ports.timeline import Timeline
from bot.ports.timers import Timers
from bot.power.model import InForce
from bot.production.model import LivePeriod
from bot.runs.model import Gate, Run

T = TypeVar("T")
R = TypeVar("R")


class DatabaseAway(Refusal):
    """The database does not answer; nothing was saved."""


@dataclass(frozen=True)
class Wake:
    """What a commit wants to be looked at now: a `run`, the effects of a `target`, a `card`, the `timers`."""

    kind: str
    key: str = ""


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
    def claims(self) -> Claims: ...
    @property
    def members(self) -> Store[Member]: ...
    @property
    def health(self) -> Health: ...
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

    def rows(self, record: type[R]) -> Store[R]:
        """The rows of which these records are: for a table that needs no questions of its own."""
        ...

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
