"""What was given to whom, and what was refused."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import bindparam, delete
from sqlmodel import Field, SQLModel

from bot.power.model import InForce, RefusedInHour
from storage.columns import at_column, json_column
from storage.rows import Rows
from storage.statements import statements, table_of
from storage.types import UtcDateTime


class InForceRow(SQLModel, table=True):
    """What the team file and the runbook gave to whom when they were read last: one row."""

    __tablename__: ClassVar[str] = "in_force"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = at_column()
    team_file: str
    runbook: str
    held: dict[str, Any] = json_column()


class InForceRows(Rows[InForce]):
    model, entity = InForceRow, InForce


class RefusedRow(SQLModel, table=True):
    """What was refused to a person in an hour, until it stands in the timeline."""

    __tablename__: ClassVar[str] = "refused"
    user: str = Field(primary_key=True)
    hour: datetime = Field(sa_type=UtcDateTime, primary_key=True, nullable=False)
    name: str
    count: int = 0
    told: int = 0
    deeds: dict[str, int] = json_column()


_REFUSED = table_of(RefusedRow)
_REMOVE_REFUSED = delete(_REFUSED).where(_REFUSED.c.user == bindparam("of"), _REFUSED.c.hour == bindparam("at"))
_REFUSED_BEFORE = _REFUSED.c.hour < bindparam("hour")


class RefusedRows(Rows[RefusedInHour]):
    model, entity = RefusedRow, RefusedInHour
    _BEFORE = statements(model, entity).select.where(_REFUSED_BEFORE).order_by(_REFUSED.c.hour, _REFUSED.c.user)

    def before(self, hour: datetime) -> list[RefusedInHour]:
        """Those of hours before this one, oldest first."""
        return self._all(self._BEFORE, hour=hour)

    def remove(self, user: str, hour: datetime) -> None:
        """Delete what was told of."""
        self._write(_REMOVE_REFUSED, {"of": user, "at": hour})
