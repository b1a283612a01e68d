"""What the status page says, as values: no incident that is not public leaves a trace in them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from bot.runbook.sections.public import ComponentStatus, Impact

IncidentStatus = Literal["investigating", "identified", "monitoring", "resolved"]
MaintenanceStatus = Literal["scheduled", "in_progress"]
Indicator = Literal["none", "maintenance", "minor", "major", "critical"]
COMPONENT_STATUSES: tuple[ComponentStatus, ...] = get_args(ComponentStatus)
"""From the best to the worst."""


@dataclass(frozen=True)
class Wording:
    """A text of the runbook's or of people's, in English and, where there is one, in Portuguese."""

    text: str
    pt: str | None = None

    def words(self, locale: str) -> str:
        """The text for a reader of `locale`; English when there is no translation."""
        return self.pt if self.pt and locale.lower().startswith("pt") else self.text


@dataclass(frozen=True)
class Update:
    """One thing that customers were told."""

    id: str
    at: datetime
    status: IncidentStatus
    body: Wording


@dataclass(frozen=True)
class Incident:
    """An incident as customers know it; its updates are the newest first."""

    id: str
    name: Wording
    impact: Impact
    components: ComponentStatus
    """What its services are meanwhile."""
    services: tuple[str, ...]
    started_at: datetime
    updates: tuple[Update, ...]

    @property
    def status(self) -> IncidentStatus:
        """What the newest update says."""
        return self.updates[0].status

    @property
    def is_over(self) -> bool:
        return self.status == "resolved"

    @property
    def updated_at(self) -> datetime:
        return self.updates[0].at


@dataclass(frozen=True)
class Planned:
    """Maintenance that is planned or under way, or (`changes` is False) a time without changes."""

    id: str
    name: Wording
    status: MaintenanceStatus
    starts_at: datetime
    ends_at: datetime
    updated_at: datetime
    changes: bool = True


@dataclass(frozen=True)
class Day:
    """What the health checks of a service said on one day. `expected`: how many answers there should be, if known."""

    date: date
    good: int
    bad: int
    expected: float | None = None

    @property
    def answers(self) -> int:
        return self.good + self.bad

    @property
    def availability(self) -> float | None:
        """Percent; None when too little was measured to say so."""
        if not self.answers or self.expected is None or self.answers < COVERAGE * self.expected:
            return None
        return 100 * self.good / self.answers


COVERAGE = 0.95
"""The part of a day's checks that must have answered for the day to be measured."""


@dataclass(frozen=True)
class Component:
    """A service, and its days, the oldest first."""

    id: str
    name: Wording
    status: ComponentStatus
    days: tuple[Day, ...] = ()

    @property
    def availability(self) -> float | None:
        """Percent over the days that were measured; None when none was."""
        measured = [each for each in self.days if each.availability is not None]
        answers = sum(each.answers for each in measured)
        return 100 * sum(each.good for each in measured) / answers if answers else None


@dataclass(frozen=True)
class Page:
    """Everything that the status page says."""

    name: Wording
    zone: str
    components: tuple[Component, ...]
    incidents: tuple[Incident, ...]
    """The newest first; those that are over too."""
    planned: tuple[Planned, ...]
    updated_at: datetime
    """When something on it changed last."""

    @property
    def open_incidents(self) -> tuple[Incident, ...]:
        return tuple(each for each in self.incidents if not each.is_over)

    @property
    def past_incidents(self) -> tuple[Incident, ...]:
        return tuple(each for each in self.incidents if each.is_over)

    @property
    def maintenances(self) -> tuple[Planned, ...]:
        return tuple(each for each in self.planned if each.changes)

    @property
    def indicator(self) -> Indicator:
        """The worst of what is open; maintenance when nothing is, and some is under way."""
        order: tuple[Impact, ...] = get_args(Impact)
        worst = max((order.index(each.impact) for each in self.open_incidents), default=0)
        under_way = any(each.status == "in_progress" for each in self.maintenances)
        return order[worst] if worst or not under_way else "maintenance"

    def named(self, service: str) -> Component | None:
        """The component of a service."""
        return next((each for each in self.components if each.id == service), None)
