"""What a rollback keeps of itself: where it goes back to, what the schema says to that, and who confirmed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.integrations.vercel.rules import Verdict
from bot.production.inputs import ProductionInputs


@dataclass(frozen=True)
class Later:
    """A migration that was applied after one of the deployments was built. `at`: ISO 8601; `finished`: to its end."""

    name: str
    at: str
    finished: bool = True
    changes: tuple[dict[str, str], ...] = ()
    """`kind` and `sql` of what older code may not survive; kind `unread` when its SQL is not known for certain."""


@dataclass(frozen=True)
class Ahead:
    """What was found at `at` for this choice (service -> deployment)."""

    at: str
    choice: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    """Service -> when what it goes back to was built (ISO 8601)."""
    later: tuple[Later, ...] = ()
    unasked: str | None = None
    """Why it is not known, in words."""

    def dangers(self, kinds: Sequence[str]) -> tuple[str, ...]:
        """What has to be confirmed a second time: `<migration>: <SQL>` each."""
        return tuple(
            f"{each.name}: {change['sql']}" for each in self.later for change in each.changes if change["kind"] in kinds
        )


@dataclass(frozen=True)
class Emergency:
    """Who declared it an emergency, when (ISO 8601) and why."""

    by: str
    at: str
    why: str


@dataclass(frozen=True)
class Confirmed:
    """Who confirmed it, when (ISO 8601), and what their card showed."""

    by: str
    at: str
    choice: dict[str, str]
    dangers: tuple[str, ...]


@dataclass(frozen=True)
class RollbackInputs(ProductionInputs):
    """What a rollback keeps."""

    typed: dict[str, str] = field(default_factory=dict)
    """Service -> the deployment that was typed."""
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """Deployment -> healthy or unhealthy, as our own runs saw it when it was asked for."""
    second_person: bool = False
    """Whether somebody else than the requester confirms it."""
    ahead: Ahead | None = None
    emergency: Emergency | None = None
    confirmed: Confirmed | None = None
    goes_on_for: str | None = None
    """Who took over from a deploy for it: it is confirmed by them when it is known where to."""
    voided: str | None = None
    """Why it did not start, in words."""
    undo_of_deploy: int | None = None
    """The deploy that it takes back."""
    gave_way_to: int | None = None
    """The deploy that is rolled back in its place."""
    undoes: int | None = None
    """The rollback that it undoes."""
    promotes: int | None = None
    """The deploy on whose card promoting the newest was asked for."""
    told: tuple[str, ...] = ()
    """What the requester of an undo was told of what returns."""
    returns: tuple[dict[str, Any], ...] = ()
    """What the undo makes live again, as its form named that."""

    @property
    def unpins(self) -> bool:
        """Whether it promotes instead, which ends a pin: it undoes another, or goes to the newest there is."""
        return bool(self.undoes or self.promotes)

    def ahead_of(self, choice: Mapping[str, str]) -> Ahead | None:
        """What is known of the schema for this choice; None while it is being looked up."""
        return self.ahead if self.ahead and self.ahead.choice == choice else None
