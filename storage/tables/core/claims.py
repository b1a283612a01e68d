"""What is done once."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Column, String, bindparam, delete
from sqlmodel import Field, SQLModel

from storage.claims import Claims
from storage.statements import table_of
from storage.types import UtcDateTime


class ClaimRow(SQLModel, table=True):
    """What was done and is not to be done again, such as what Slack delivered; hence the table's name."""

    __tablename__: ClassVar[str] = "delivery"
    identity: str = Field(sa_column=Column(String, primary_key=True))
    at: datetime = Field(sa_type=UtcDateTime, index=True, nullable=False)


_CLAIM = table_of(ClaimRow)
_FORGET = delete(_CLAIM).where(_CLAIM.c.at < bindparam("before"))


class ClaimRows(Claims):
    """Rows of delivery, which every area claims in."""

    table = _CLAIM

    def claim(self, identity: str) -> bool:
        return self._claim(identity=identity, at=self._scope.now)

    def forget(self, before: datetime) -> int:
        return self._connection.execute(_FORGET, {"before": before}).rowcount
