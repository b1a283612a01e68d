"""Who is called at each level now, and how: what `/oncall` shows."""

from dataclasses import dataclass

from bot.alerts.model import LEVEL
from bot.domain import Domain
from bot.oncall.checking import latest
from bot.oncall.duty import order_of, shift_of
from bot.oncall.model import ContactCheck
from bot.people import absence
from bot.people.rotation import Rotation, Shift, turns_from
from bot.ports import Tx
from bot.runbook.model import EscalationLevel

TURNS = 6
"""Turns of a rotation that are shown."""


@dataclass(frozen=True)
class Reach:
    """A person and the ways to them: `pagers` are kinds of addresses, `why` what keeps Slack from reaching them."""

    name: str
    slack: bool
    pagers: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Rung:
    """A level with who is called together at first, and who one by one when nobody of them was reached."""

    level: EscalationLevel
    first: tuple[Reach, ...]
    then: tuple[Reach, ...]


@dataclass(frozen=True)
class Turns:
    """A rotation: who has it now (perhaps in another's place), and the turns from now on, by name."""

    name: str
    rotation: Rotation
    now: Shift | None
    turns: tuple[Shift, ...]


@dataclass(frozen=True)
class Roster:
    """All of it, and the last check of contacts."""

    rungs: tuple[Rung, ...]
    rotations: tuple[Turns, ...]
    checks: tuple[ContactCheck, ...]
    names: dict[str, str]


def roster(domain: Domain, tx: Tx) -> Roster:
    """As it is at this moment, by the runbook and team file in force."""
    rungs = tuple(_rung(domain, tx, each) for each in sorted(domain.runbook.escalation, key=lambda each: each.level))
    rotations = tuple(
        Turns(name, each, shift_of(tx, name, each, tx.now), tuple(turns_from(each, tx.now, TURNS)))
        for name, each in domain.team.rotations.items()
    )
    names = {key: person.name for key, person in domain.team.people.items()}
    return Roster(rungs, rotations, latest(tx), names)


def _rung(domain: Domain, tx: Tx, level: EscalationLevel) -> Rung:
    order = order_of(domain, tx, level.roles, f"{LEVEL}{level.level}")
    first = tuple(_reach(domain, tx, each, level) for each in order.first)
    return Rung(level, first, tuple(_reach(domain, tx, each, level) for each in order.then))


def _reach(domain: Domain, tx: Tx, person: str, level: EscalationLevel) -> Reach:
    known = domain.team.people[person]
    members = tx.members.find(user=known.slack) if known.slack else tx.members.find(email=known.email or "")
    why = absence(members[0]) if members else ""
    pagers = tuple(dict.fromkeys(each.split("://")[0] for each in known.page)) if level.paged else ()
    return Reach(known.name, bool(known.slack or known.email), pagers, why)
