"""The records of status updates, their drafts, and who wants to hear them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class UpdateStatus(StrEnum):
    """How far an incident is, in the words of status pages."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Audience(StrEnum):
    """Who an update is for."""

    INSIDE = "inside"
    CUSTOMERS = "customers"


@dataclass(frozen=True)
class Wording:
    """What an update says to whom: `texts` by language (`en`, `pt`), `services` by their runbook ids."""

    audience: Audience
    status: UpdateStatus
    texts: dict[str, str]
    services: tuple[str, ...] = ()


@dataclass(frozen=True)
class StatusUpdate:
    """One update of an incident, as it was sent: `texts` by language (`en`, `pt`), `services` by their runbook ids."""

    id: int
    incident: int
    audience: Audience
    status: UpdateStatus
    texts: dict[str, str]
    by: str
    at: datetime
    services: tuple[str, ...] = ()

    def words(self, locale: str) -> str:
        """The text for a reader of `locale`; without a translation, the first there is."""
        return self.texts.get(locale[:2].lower()) or next(iter(self.texts.values()))


@dataclass(frozen=True)
class UpdateDraft:
    """An update that its writer looks at before it is sent; `update` is what was sent of it."""

    id: int
    incident: int
    audience: Audience
    status: UpdateStatus
    texts: dict[str, str]
    by: str
    at: datetime
    services: tuple[str, ...] = ()
    update: int | None = None

    @property
    def wording(self) -> Wording:
        """What it says to whom."""
        return Wording(self.audience, self.status, self.texts, self.services)


@dataclass(frozen=True)
class Subscription:
    """That a user is told the updates of incidents that touch a service (empty = of all), or is not any more."""

    user: str
    service: str
    at: datetime
    active: bool = True
