"""What a run keeps of itself beside its columns: one frozen typed value a kind of run, and its form in JSON."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from functools import cache, partial
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Self, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from bot.runs.model import Run

MAIN = "main"
"""The branch that a run works on which is about no other."""


@dataclass(frozen=True)
class Then:
    """What follows when a run is stopped, in its kind's way: who asked for it, and for which run that waits."""

    by: str
    run: int | None = None


@dataclass(frozen=True)
class Stop:
    """A run is to end with the step that is running: who asked first, when (ISO 8601), and what follows."""

    by: str
    at: str
    then: Then | None = None


@dataclass(frozen=True)
class Ended:
    """By whom a run was ended before it was done, and why in words."""

    by: str
    why: str = ""


@dataclass(frozen=True)
class Inputs:
    """What every run may keep. A kind adds fields, all with defaults; the row has only what is not its default.

    A key that is not a field (an earlier or later version of NeonOps wrote it) is kept in `unknown`, and written back.
    """

    ref: str | None = None
    """The branch, tag or commit that it was asked for."""
    sha: str | None = None
    """The commit that it works on, once it is settled."""
    stop: Stop | None = None
    ended: Ended | None = None
    unknown: dict[str, Any] = field(default_factory=dict)

    @property
    def commit(self) -> str:
        """What its steps work on: the settled commit, wherever its branch has moved since; else what was asked for."""
        return self.sha or self.ref or MAIN

    @classmethod
    def of(cls, run: "Run") -> Self:
        """What a run of this kind keeps; nothing when it is of another kind."""
        return run.inputs if isinstance(run.inputs, cls) else cls()

    def written(self) -> dict[str, Any]:
        """As the row has it."""
        kind: Any = type(self)  # mypy 1.x does not take the class of a dataclass for hashable
        plain, nothing = asdict(self), _nothing(kind)
        return {**self.unknown, **{name: plain[name] for name in nothing if plain[name] != nothing[name]}}

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        """What `written` wrote, in this version or an earlier one."""
        kind: Any = cls
        known = _turns(kind).keys() - {"unknown"}
        unknown = {name: each for name, each in row.items() if name not in known}
        made: Self = _read(cls, {**{name: row[name] for name in known & row.keys()}, "unknown": unknown})
        return made


@cache
def _nothing(kind: Any) -> dict[str, Any]:
    """What the row does not have."""
    return {name: each for name, each in asdict(kind()).items() if name != "unknown"}


@cache
def _turns(record: Any) -> dict[str, Callable[[Any], Any]]:
    """Field of a dataclass -> how its value is made of JSON. Nothing is checked: a row stays readable."""
    return {name: _turn(hint) for name, hint in get_type_hints(record).items()}


def _read(record: Any, row: Mapping[str, Any]) -> Any:
    turns = _turns(record)
    return record(**{name: turns[name](each) for name, each in row.items() if name in turns})


def _turn(hint: Any) -> Callable[[Any], Any]:
    kinds = [each for each in get_args(hint) if each is not NoneType]
    origin = get_origin(hint)
    if is_dataclass(hint):
        return partial(_read, hint)
    if origin is UnionType:
        return partial(_maybe, _turn(kinds[0]))
    if origin is tuple:
        return partial(_each, _turn(kinds[0]))
    return partial(_values, _turn(kinds[1])) if origin is dict else _same


def _same(value: Any) -> Any:
    return value


def _maybe(turn: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else turn(value)


def _each(turn: Callable[[Any], Any], values: Any) -> tuple[Any, ...]:
    return tuple(turn(each) for each in values)


def _values(turn: Callable[[Any], Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: turn(each) for name, each in values.items()}
