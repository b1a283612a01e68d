"""What was refused."""

from datetime import datetime
from typing import Protocol

from bot.ports.store import Store
from bot.power.model import RefusedInHour


class Refused(Store[RefusedInHour], Protocol):
    """What was refused, by person and hour."""

    def before(self, hour: datetime) -> list[RefusedInHour]:
        """Those of hours before this one, oldest first."""
        ...

    def remove(self, user: str, hour: datetime) -> None:
        """Delete what was told of."""
        ...
