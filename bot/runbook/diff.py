"""What changed between two runbooks, in the runbook's words: not lines, but phases, steps and fields."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from bot.runbook.model import Runbook
from bot.runbook.problems import one_line
from bot.text import say

Place = tuple[str, ...]
_KEYS = {"contacts": "role", "escalation": "level", "dashboards": "title", "thresholds": "text"}
"""Lists whose entries go by another field than `id`."""
_STEP = ("procedures", "*", "phases", "*", "steps", "*")


@dataclass(frozen=True)
class Change:
    """One change. `old` and `new` are plain data; of something moved they say what it came after."""

    kind: Literal["added", "removed", "moved", "changed"]
    place: Place
    old: Any = None
    new: Any = None

    @property
    def path(self) -> str:
        """`procedures.deploy.phases.migration.steps.backup.timeout`."""
        return ".".join(self.place)

    def __str__(self) -> str:
        match self.kind:
            case "added":
                return one_line(f"+ {self.path}: {_words(self.new)}")
            case "removed":
                return one_line(f"- {self.path}: {_words(self.old)}")
            case "moved":
                return one_line(f"> {self.path}: {_words(self.old)} -> {_words(self.new)}")
            case _:
                return one_line(f"~ {self.path}: {_words(self.old)} -> {_words(self.new)}")


def diff(a: Runbook, b: Runbook) -> list[Change]:
    """What has to be done to `a` to make it `b`: in the order of the file, moves from phase to phase last."""
    return _between_phases(list(_changes((), _plain(a), _plain(b))))


def diff_text(changes: Iterable[Change]) -> str:
    """One line for each change; one sentence when there is none."""
    return "\n".join(map(str, changes)) or say("No difference.")


def _plain(runbook: Runbook) -> Any:
    return runbook.model_dump(mode="json", by_alias=True, exclude_none=True)


def _changes(place: Place, old: Any, new: Any) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _of_mappings(place, old, new)
    elif (was := _by_key(place, old)) is not None and (now := _by_key(place, new)) is not None:
        yield from _of_mappings(place, was, now)
        yield from _moves(place, list(was), list(now))
    elif old != new:
        yield Change("changed", place, old, new)


def _of_mappings(place: Place, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for key in [*old, *(key for key in new if key not in old)]:
        if key not in new:
            yield Change("removed", (*place, key), old=old[key])
        elif key not in old:
            yield Change("added", (*place, key), new=new[key])
        else:
            yield from _changes((*place, key), old[key], new[key])


def _by_key(place: Place, entries: Any) -> dict[str, Any] | None:
    """A list of named entries as a mapping; None when it is no such list."""
    field = _KEYS.get(place[-1] if place else "", "id")
    if not isinstance(entries, list) or not all(isinstance(each, dict) and field in each for each in entries):
        return None
    named = {str(each[field]): each for each in entries}
    return named if len(named) == len(entries) else None


def _moves(place: Place, old: list[str], new: list[str]) -> Iterator[Change]:
    """The fewest entries that have to be moved so that what is in both stands in the new order."""
    was, now = [key for key in old if key in new], [key for key in new if key in old]
    kept = {
        was[at]
        for at, _, size in SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks()
        for at in range(at, at + size)
    }
    for key in now:
        if key not in kept:
            yield Change("moved", (*place, key), _after(old, key), _after(new, key))


def _after(keys: list[str], key: str) -> str:
    position = keys.index(key)
    return say("after {name}", name=keys[position - 1]) if position else say("first")


def _between_phases(changes: list[Change]) -> list[Change]:
    """A step that left one phase and came into another of the same procedure was moved."""
    added = {_step_key(each): each for each in changes if each.kind == "added" and _is_step(each)}
    removed = {_step_key(each): each for each in changes if each.kind == "removed" and _is_step(each)}
    pairs = [(removed[key], added[key]) for key in removed if key in added]
    paired = {id(change) for pair in pairs for change in pair}
    kept = [each for each in changes if id(each) not in paired]
    return kept + [change for left, came in pairs for change in _moved(left, came)]


def _moved(left: Change, came: Change) -> list[Change]:
    before, after = say("in {phase}", phase=left.place[3]), say("in {phase}", phase=came.place[3])
    return [Change("moved", came.place, before, after), *_changes(came.place, left.old, came.new)]


def _is_step(change: Change) -> bool:
    return len(change.place) == len(_STEP) and all(
        want in ("*", have) for want, have in zip(_STEP, change.place, strict=True)
    )


def _step_key(change: Change) -> tuple[str, str]:
    return change.place[1], change.place[-1]


def _words(value: Any) -> str:
    """A value in a line: an entry by its title, a text as it is, nothing as a dash."""
    if isinstance(value, dict):
        return str(value.get("title") or value.get("text") or value.get("name") or value)
    return "-" if value is None else str(value)
