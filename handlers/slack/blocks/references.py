"""What a button or form is about travels in its value: one typed reference, one writer, one reader."""

import json
import re
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from bot.alerts.again import AlertRef
from bot.deploys.rollbacks.abort import PromoteRef
from bot.errors import Refusal
from bot.holds.holds import HoldRef
from bot.incidents.windows import PhaseRef
from bot.legal.drafts import DraftRef
from bot.oncall.model import CheckRef
from bot.runs.checklist.items import GateRef, StepRef
from bot.text import say


@dataclass(frozen=True)
class RunRef:
    """A whole run."""

    run_id: int


@dataclass(frozen=True)
class CommitRef:
    """A deploy at the commit that its card showed (empty = not known)."""

    run_id: int
    sha: str


@dataclass(frozen=True)
class ShownRef:
    """A run with the fingerprint of what was shown of it: where to, and what is dangerous about it."""

    run_id: int
    shown: str


@dataclass(frozen=True)
class OverrideRef:
    """A deploy whose gates can be overridden, with the fingerprints of what stood in the way when that was asked."""

    run_id: int
    shown: tuple[str, ...]


@dataclass(frozen=True)
class CandidateRef:
    """A deployment that a service of a rollback may go back to."""

    run_id: int
    service: str
    deployment: str


@dataclass(frozen=True)
class TargetRef:
    """What a new run is about, and the channel it is asked for in."""

    target: str
    channel: str


@dataclass(frozen=True)
class IncidentRef:
    """An incident by its number."""

    number: int


@dataclass(frozen=True)
class TimelineRef:
    """The events of an incident's timeline before one of them, or (`later` is 1) after it."""

    number: int
    seq: int
    later: int


@dataclass(frozen=True)
class LegalRef:
    """A legal clock of an incident, by the incident's number."""

    number: int
    clock: str


@dataclass(frozen=True)
class LevelRef:
    """A level of an incident's escalation; 0 = the one that is next."""

    number: int
    level: int


@dataclass(frozen=True)
class ItemsRef:
    """A page of the list of a run's items."""

    run_id: int
    page: int


@dataclass(frozen=True)
class UpdateRef:
    """A status update that is being written: of which incident, for whom, how far it is, about which services."""

    number: int
    audience: str
    status: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class UpdateDraftRef:
    """A status update that its writer looks at."""

    draft: int


@dataclass(frozen=True)
class ChannelRef:
    """The channel in which a form was opened (empty = in none)."""

    channel: str


@dataclass(frozen=True)
class HealthRef:
    """Groups of health checks."""

    groups: tuple[str, ...]


Ref = (
    StepRef | RunRef | CommitRef | ShownRef | CandidateRef | PromoteRef | AlertRef | GateRef | IncidentRef | HoldRef
    | LevelRef | TargetRef | ChannelRef | HealthRef | LegalRef | ItemsRef | PhaseRef | DraftRef
    | UpdateRef | UpdateDraftRef | CheckRef | TimelineRef | OverrideRef
)  # fmt: skip
R = TypeVar("R", bound=Ref)

_KINDS: dict[str, type[Ref]] = {
    "s": StepRef,
    "g": GateRef,
    "r": RunRef,
    "c": CommitRef,
    "f": ShownRef,
    "t": TargetRef,
    "i": IncidentRef,
    "l": LegalRef,
    "d": DraftRef,
    "e": LevelRef,
    "m": ItemsRef,
    "x": PhaseRef,
    "n": ChannelRef,
    "k": HealthRef,
    "o": CheckRef,
    "h": HoldRef,
    "p": PromoteRef,
    "a": AlertRef,
    "u": UpdateRef,
    "v": TimelineRef,
    "w": UpdateDraftRef,
    "y": OverrideRef,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_EARLIER: dict[type[Any], str] = {
    RunRef: r"(?:run:)?(?P<run_id>\d+)",
    ShownRef: r"(?P<run_id>\d+)[:|](?P<shown>.*)",
    CandidateRef: r"(?P<run_id>\d+)\|(?P<service>[^|]*)\|(?P<deployment>.*)",
    TargetRef: r"new:(?P<target>[^:]*):(?P<channel>.*)",
    IncidentRef: r"(?P<number>\d+)",
    ChannelRef: r"(?P<channel>[A-Z0-9]*)",
    HealthRef: r"(?P<groups>[^\[]*)",
}
"""How values are read that are no JSON: of candidates, and in messages and forms of earlier versions."""


def write_ref(ref: Ref) -> str:
    """A reference as a value: short, and readable in a log."""
    if isinstance(ref, CandidateRef):  # Stands in a menu: JSON does not fit into the 75 characters of an option.
        return f"{ref.run_id}|{ref.service}|{ref.deployment}"
    return json.dumps([_NAMES[type(ref)], *vars(ref).values()], separators=(",", ":"))


def read_ref(value: str, *kinds: type[Any]) -> Ref:
    """The reference in a value, of these kinds also as written earlier; a Refusal for what this bot did not write."""
    try:
        for kind in kinds:
            if found := re.fullmatch(_EARLIER.get(kind, "(?!)"), value):
                return _earlier(kind, found)  # type: ignore[no-any-return]
        name, *fields = json.loads(value)
        return _typed(_KINDS[name], fields)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unreadable() from error


def read_as(kind: type[R], value: str) -> R:
    """The reference of this kind in a value; a Refusal for any other."""
    ref = read_ref(value, kind)
    if not isinstance(ref, kind):
        raise _unreadable()
    return ref


def _unreadable() -> Refusal:
    return Refusal(say("This button is from an older NeonOps version and no longer works."))


def _typed(kind: type[R], fields: list[object]) -> R:
    """The fields as a reference; a TypeError unless they are texts, and numbers the database can hold."""
    ref = kind(*(tuple(each) if isinstance(each, list) else each for each in fields))  # type: ignore[arg-type]
    for name, wanted in get_type_hints(kind).items():
        if not _fits(getattr(ref, name), wanted):
            raise TypeError(name)
    return ref


def _fits(value: object, wanted: object) -> bool:
    if isinstance(value, tuple):
        return wanted == tuple[str, ...] and all(isinstance(each, str) for each in value)
    return type(value) is wanted and (type(value) is not int or 0 <= value < 2**31)


def _earlier(kind: type[R], found: re.Match[str]) -> R:
    hints = get_type_hints(kind)
    return _typed(kind, [_as_field(text, hints[name]) for name, text in found.groupdict().items()])


def _as_field(text: str, wanted: object) -> object:
    if wanted == tuple[str, ...]:
        return text.split(",")
    return int(text) if wanted is int else text
