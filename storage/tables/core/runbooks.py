"""Every version of the runbook that was in force."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Text, bindparam, select
from sqlmodel import Field, SQLModel

from storage.claims import Claims
from storage.columns import at_column
from storage.statements import table_of


class RunbookRow(SQLModel, table=True):
    """Every version of the runbook that was ever loaded: a run finishes on the one that it started with."""

    __tablename__: ClassVar[str] = "runbook"
    version: str = Field(primary_key=True)
    source: str
    text: str = Field(sa_type=Text)
    loaded_at: datetime = at_column()


_RUNBOOK = table_of(RunbookRow)
_TEXT = select(_RUNBOOK.c.text, _RUNBOOK.c.source).where(_RUNBOOK.c.version == bindparam("version"))


class RunbookRows(Claims):
    """Rows of runbook."""

    table = _RUNBOOK

    def keep(self, version: str, text: str, source: str) -> None:
        self._claim(version=version, text=text, source=source, loaded_at=self._scope.now)

    def text(self, version: str) -> tuple[str, str] | None:
        row = self._connection.execute(_TEXT, {"version": version}).one_or_none()
        return (row[0], row[1]) if row else None
