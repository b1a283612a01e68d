"""Locks and freezes that people put on an environment, and which run holds it."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Text, bindparam, delete, select
from sqlmodel import Field, SQLModel

from bot.holds.model import Hold
from storage.claims import Claims
from storage.columns import at_column
from storage.rows import Rows
from storage.statements import table_of


class HoldRow(SQLModel, table=True):
    """Locks and freezes that people put on an environment."""

    __tablename__: ClassVar[str] = "hold"
    environment: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    reason: str = Field(sa_type=Text)
    owner: str
    taken_at: datetime = at_column()
    expires_at: datetime | None = at_column(nullable=True)


_HOLD = table_of(HoldRow)
_REMOVE_HOLD = delete(_HOLD).where(_HOLD.c.environment == bindparam("environment"), _HOLD.c.kind == bindparam("kind"))


class HoldRows(Rows[Hold]):
    model, entity = HoldRow, Hold

    def remove(self, environment: str, kind: str) -> None:
        """Delete a hold."""
        self._write(_REMOVE_HOLD, {"environment": environment, "kind": kind})


class LockRow(SQLModel, table=True):
    """Which run holds an environment: one row an environment, so that the database refuses the second run."""

    __tablename__: ClassVar[str] = "environment_lock"
    environment: str = Field(primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    taken_at: datetime = at_column()


_LOCK = table_of(LockRow)
_RELEASE = delete(_LOCK).where(_LOCK.c.run_id == bindparam("run"))
_HOLDER = select(_LOCK.c.run_id).where(_LOCK.c.environment == bindparam("environment"))


class LockRows(Claims):
    """Rows of environment_lock."""

    table = _LOCK

    def take(self, environment: str, run_id: int) -> int:
        self._claim(environment=environment, run_id=run_id, taken_at=self._scope.now)
        holder = self.holder(environment)
        assert holder is not None
        return holder

    def release(self, run_id: int) -> None:
        self._connection.execute(_RELEASE, {"run": run_id})

    def holder(self, environment: str) -> int | None:
        return self._connection.execute(_HOLDER, {"environment": environment}).scalar()
