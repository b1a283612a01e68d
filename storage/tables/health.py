"""Answers of health checks."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Index, Select, bindparam, func, select
from sqlmodel import Field, SQLModel

from bot.ports.health import HealthHour, HealthResult
from storage.columns import at_column, text_column
from storage.rows import Rows
from storage.statements import table_of


class HealthRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "health_result"
    __table_args__ = (Index("ix_health_check_at", "check_id", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = at_column()
    group: str
    check_id: str
    title: str
    state: str
    latency_ms: int | None = None
    reason: str | None = text_column()
    run_id: int | None = Field(default=None, foreign_key="run.id")


_HEALTH = table_of(HealthRow)
_HOURS = {
    "sqlite": func.strftime("%Y-%m-%d %H", _HEALTH.c.at),
    "postgresql": func.to_char(func.timezone("UTC", _HEALTH.c.at), "YYYY-MM-DD HH24"),
}
"""The hour of an answer in UTC, as text, by dialect."""


def _counted(hour: ColumnElement[str]) -> Select[Any]:
    since = bindparam("since", type_=_HEALTH.c.at.type)
    columns = hour.label("hour"), _HEALTH.c.check_id, _HEALTH.c.state
    counted = select(*columns, func.count()).where(_HEALTH.c.at >= since)
    return counted.group_by("hour", _HEALTH.c.check_id, _HEALTH.c.state)


_COUNTED = {dialect: _counted(hour) for dialect, hour in _HOURS.items()}


class HealthRows(Rows[HealthResult]):
    model, entity = HealthRow, HealthResult

    def hours(self, since: datetime) -> list[HealthHour]:
        counted = _COUNTED[self._connection.dialect.name]
        found = self._connection.execute(counted, {"since": since})
        return [HealthHour(_at(hour), check, state, count) for hour, check, state, count in found]


def _at(hour: str) -> datetime:
    return datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=UTC)
