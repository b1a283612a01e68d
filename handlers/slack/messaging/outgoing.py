"""A message to send: where to, what it says, whom it mentions; and how each kind of effect says so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.effects import Effect

ALERTED = ("devops",)
"""Roles that are mentioned when a threshold is broken."""


@dataclass(frozen=True)
class Mentions:
    """People of the team file, by their short names and by role; `missed`: who cannot be, with why."""

    people: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outgoing:
    """`to`: places in order, of which the first that takes it has it. `after_card`: not before the run's first card."""

    to: tuple[str, ...]
    template: str
    data: dict[str, Any] = field(default_factory=dict)
    mentions: Mentions | None = None
    after_card: bool = False


def read_outgoing(effect: Effect) -> Outgoing:
    """What the effect sends."""
    return KINDS[effect.kind](effect.payload)


def _sentence(kept: Mapping[str, Any]) -> Outgoing:
    template = "hold.reminder" if "hold" in kept else "text"
    return Outgoing((kept["to"], *kept.get("instead", ())), template, dict(kept))


def _of_run(kept: Mapping[str, Any]) -> Outgoing:
    return Outgoing((kept["to"],), kept["message"], kept.get("data", {}), after_card=True)


def _ended(kept: Mapping[str, Any]) -> Outgoing:
    return Outgoing(("devops",), "run.ended", dict(kept))


def _watched(kept: Mapping[str, Any]) -> Outgoing:
    return Outgoing(("run",), "watch.changed", dict(kept), Mentions(roles=ALERTED) if kept["worse"] else None)


def _asking(kept: Mapping[str, Any]) -> Outgoing:
    mentions = Mentions(tuple(kept["people"]), missed=tuple(kept.get("missed", ())))
    return Outgoing(("run",), "deploy.approvers", dict(kept), mentions)


KINDS: dict[str, Callable[[Mapping[str, Any]], Outgoing]] = {
    "say": _sentence,
    "post": _of_run,
    "announce": _ended,
    "watch.tell": _watched,
    "approvers.ask": _asking,
}
