"""What a button is about travels in its value: one typed reference, one writer, one reader."""

import json
from dataclasses import dataclass
from typing import get_type_hints

from bot.alerts.again import AlertRef
from bot.deploys.back import PromoteRef
from bot.errors import Refusal
from bot.holds.holds import HoldRef
from bot.runs.items import GateRef, StepRef
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
    """A rollback with the fingerprint of what its card showed: where to, and what is dangerous about it."""

    run_id: int
    shown: str


@dataclass(frozen=True)
class IncidentRef:
    """An incident by its number."""

    number: int


Ref = StepRef | GateRef | RunRef | CommitRef | ShownRef | IncidentRef | HoldRef | PromoteRef | AlertRef

_KINDS: dict[str, type[Ref]] = {
    "s": StepRef,
    "g": GateRef,
    "r": RunRef,
    "c": CommitRef,
    "f": ShownRef,
    "i": IncidentRef,
    "h": HoldRef,
    "p": PromoteRef,
    "a": AlertRef,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def write_ref(ref: Ref) -> str:
    """A reference as a button's value: short, and readable in a log."""
    return json.dumps([_NAMES[type(ref)], *vars(ref).values()], separators=(",", ":"))


def read_ref(value: str) -> Ref:
    """The reference in a button's value; a Refusal for what this bot did not write."""
    try:
        name, *fields = json.loads(value)
        ref = _KINDS[name](*fields)
        _check(ref)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refusal(say("This button is from an older NeonOps and does nothing any more.")) from error
    return ref


def _check(ref: Ref) -> None:
    """Raise a TypeError unless the fields are what `write_ref` writes: texts, and numbers the database can hold."""
    for name, kind in get_type_hints(type(ref)).items():
        value = getattr(ref, name)
        if type(value) is not kind or (kind is int and not 0 <= value < 2**31):
            raise TypeError(name)
