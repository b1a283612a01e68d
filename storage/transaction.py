"""One transaction: every store over one connection, and what is to be looked at when it is committed."""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.kinds import KINDS
from bot.ports import Wake
from bot.runs.kind import Kinds
from storage.rows import Mask, Rows, Scope
from storage.tables.alerts import AlertRows
from storage.tables.backups import BackupRows
from storage.tables.core.cards import CardRows
from storage.tables.core.claims import ClaimRows
from storage.tables.core.effects import EffectRows
from storage.tables.core.environments import HoldRows, LockRows
from storage.tables.core.members import MemberRows
from storage.tables.core.runbooks import RunbookRows
from storage.tables.core.runs import GateRows, RunRows, StepRows
from storage.tables.core.timeline import TimelineRows
from storage.tables.core.timers import TimerRows
from storage.tables.health import HealthRows
from storage.tables.incidents import IncidentRows
from storage.tables.power import InForceRows, RefusedRows
from storage.tables.production import LivePeriodRows

R = TypeVar("R")


class Transaction:
    """One transaction's stores over one connection."""

    def __init__(self, connection: Connection, now: datetime, mask: Mask, kinds: Kinds = KINDS) -> None:
        self.now, self.connection = now, connection
        self.woken: dict[Wake, None] = {}
        self._scope = scope = Scope(connection, now, mask, self.wake, kinds)
        self._rows: dict[type[Any], Rows[Any]] = {}
        self.runs = RunRows(scope)
        self.steps = StepRows(scope)
        self.gates = GateRows(scope)
        self.incidents = IncidentRows(scope)
        self.members = MemberRows(scope)
        self.health = HealthRows(scope)
        self.cards = CardRows(scope)
        self.effects = EffectRows(scope)
        self.alerts = AlertRows(scope)
        self.timers = TimerRows(scope)
        self.timeline = TimelineRows(scope)
        self.backups = BackupRows(scope)
        self.live_periods = LivePeriodRows(scope)
        self.holds = HoldRows(scope)
        self.locks = LockRows(scope)
        self.claims = ClaimRows(scope)
        self.runbooks = RunbookRows(scope)
        self.in_force = InForceRows(scope)
        self.refused = RefusedRows(scope)

    def rows(self, record: type[R]) -> Rows[R]:
        """The rows of which these records are."""
        if record not in self._rows:
            self._rows[record] = Rows.of[record](self._scope)
        return self._rows[record]

    def wake(self, kind: str, key: object = "") -> None:
        """Have something looked at right after the commit."""
        self.woken[Wake(kind, str(key))] = None
