"""What Slack delivered already."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Column, String, bindparam, delete
from sqlmodel import Field, SQLModel

from storage.claims import Claims
from storage.statements import table_of
from storage.types import UtcDateTime


class DeliveryRow(SQLModel, table=True):
    """What Slack delivered and was acted on: the same delivery again does nothing."""

    __tablename__: ClassVar[str] = "delivery"
    identity: str = Field(sa_column=Column(String, primary_key=True))
    at: datetime = Field(sa_type=UtcDateTime, index=True, nullable=False)


_DELIVERY = table_of(DeliveryRow)
_FORGET = delete(_DELIVERY).where(_DELIVERY.c.at < bindparam("before"))


class DeliveryRows(Claims):
    """Rows of delivery."""

    table = _DELIVERY

    def claim(self, identity: str) -> bool:
        return self._claim(identity=identity, at=self._scope.now)

    def forget(self, before: datetime) -> int:
        return self._connection.execute(_FORGET, {"before": before}).rowcount
