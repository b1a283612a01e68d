"""What is wrong with a runbook or a team file: where, what, and what is allowed instead."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from bot.errors import Refusal
from bot.text import plural, say, shorten

Path = tuple[str | int, ...]
"""The way to a value: ("procedures", 0, "phases", 2, "title")."""


Level = Literal["error", "doubt", "warning"]
"""error = it is refused; doubt = the bot starts with it, `check` does not let it pass; warning = a matter of style."""


@dataclass(frozen=True)
class Finding:
    """Something wrong at a path of the document; `line` is counted from 1, None = where the path is written."""

    path: Path
    reason: str
    value: str | None = None
    allowed: tuple[str, ...] = ()
    level: Level = "error"
    line: int | None = None


@dataclass(frozen=True)
class Problem:
    """A finding with its place in the file; its text is one line."""

    file: str
    line: int
    field: str
    value: str | None
    allowed: tuple[str, ...]
    reason: str
    level: Level = "error"

    def __str__(self) -> str:
        near = difflib.get_close_matches(self.value or "", self.allowed, n=1)
        parts = [
            say("warning: {reason}", reason=self.reason) if self.level == "warning" else self.reason,
            say("did you mean {word!r}?", word=near[0]) if near else "",
            say("allowed: {words}", words=", ".join(self.allowed)) if self.allowed else "",
        ]
        place = f"{self.file}:{self.line}: " + (f"{self.field}: " if self.field else "")
        return one_line(place + "; ".join(part for part in parts if part))


class FileError(Refusal):
    """A file is not what it should be; `problems` are all that were found, in the order of the file."""

    one: ClassVar[str]
    many: ClassVar[str]
    command: ClassVar[str]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda each: (each.line, each.field, each.reason)))
        super().__init__(
            f"{plural(self.one, self.many, len(self.problems))} {self.problems[0]}",
            hint=say("`{command}` lists all of them.", command=self.command),
        )

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class RunbookError(FileError):
    """The file is not a runbook."""

    one, many = "The runbook has {count} problem.", "The runbook has {count} problems."
    command = "neonops runbook check FILE"


class TeamError(FileError):
    """The file is not a team file."""

    one, many = "The team file has {count} problem.", "The team file has {count} problems."
    command = "neonops team check FILE"


def one_line(text: str) -> str:
    """`text` with all that breaks a line or cannot be seen written as an escape."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def quoted(value: Any) -> str:
    """A value as a message quotes it: short and on one line."""
    return shorten(one_line(repr(value) if not isinstance(value, str) else f"'{value}'"), 60)


def field_text(path: Path, data: Any) -> str:
    """`procedures.deploy.phases[2].steps[1].kind`: an entry of a top-level list goes by its id, others by position."""
    text = ""
    for depth, key in enumerate(path):
        name = _id(data, key) if depth == 1 else None
        data = _descend(data, key)
        if isinstance(key, int) and name is None:
            text += f"[{key}]"
        else:
            text += f".{name or key}" if text else str(name or key)
    return text


def _id(entries: Any, key: str | int) -> str | None:
    """The id of an entry; None when another entry has it too."""
    ids = [each.get("id") for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
    found = _descend(_descend(entries, key), "id")
    return found if isinstance(found, str) and ids.count(found) == 1 else None


def _descend(data: Any, key: str | int) -> Any:
    try:
        return data[key]
    except (KeyError, IndexError, TypeError):
        return None
