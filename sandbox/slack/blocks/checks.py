"""Small checks that combine into a schema; each says what it dislikes in the words Slack uses, with a JSON pointer."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: `pointer` is a JSON pointer into what was sent."""

    message: str
    pointer: str

    def __str__(self) -> str:
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


@dataclass
class Report:
    """What the checks of one message or view found, and what they must remember on the way."""

    problems: list[Problem] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, message: str, pointer: str) -> None:
        self.problems.append(Problem(message, pointer))

    def count(self, what: str, amount: int = 1) -> int:
        """Add to a count over the whole payload and return it."""
        self.counts[what] = self.counts.get(what, 0) + amount
        return self.counts[what]


Check = Callable[[Report, Any, str], None]


@dataclass(frozen=True)
class Field:
    """A field of an object: its check, and whether it must be there."""

    check: Check
    required: bool = False


def needs(check: Check) -> Field:
    return Field(check, required=True)


def may(check: Check) -> Field:
    return Field(check)


def string(high: int, low: int = 1) -> Check:
    """A string of `low` to `high` characters."""

    def check(report: Report, value: Any, pointer: str) -> None:
        if not isinstance(value, str):
            report.add("must provide a string", pointer)
        elif len(value) < low:
            report.add(f"must be more than {low - 1} characters", pointer)
        elif len(value) > high:
            report.add(f"must be less than {high + 1} characters", pointer)

    return check


def matching(pattern: str, what: str) -> Check:
    """A string of this form; `what` names the form in the message."""
    form = re.compile(pattern)

    def check(report: Report, value: Any, pointer: str) -> None:
        if not isinstance(value, str) or not form.fullmatch(value):
            report.add(f"must match {what}", pointer)

    return check


def one_of(*allowed: str) -> Check:
    def check(report: Report, value: Any, pointer: str) -> None:
        if value not in allowed:
            report.add(f"must be one of the allowed values: {', '.join(allowed)}", pointer)

    return check


def boolean(report: Report, value: Any, pointer: str) -> None:
    if not isinstance(value, bool):
        report.add("must provide a boolean", pointer)


def number(report: Report, value: Any, pointer: str) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        report.add("must provide a number", pointer)


def integer(low: int, high: int) -> Check:
    def check(report: Report, value: Any, pointer: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            report.add("must provide an integer", pointer)
        elif not low <= value <= high:
            report.add(f"must be between {low} and {high}", pointer)

    return check


def anything(report: Report, value: Any, pointer: str) -> None:
    """Not imitated: Slack checks it, this stand-in does not."""


def items(check_item: Check, *, low: int = 0, high: int) -> Check:
    """A list of `low` to `high` items."""

    def check(report: Report, value: Any, pointer: str) -> None:
        if not isinstance(value, Sequence) or isinstance(value, str):
            report.add("must provide an array", pointer)
            return
        if len(value) > high:
            report.add(f"no more than {high} items allowed", pointer)
        if len(value) < low:
            report.add(f"no fewer than {low} items allowed", pointer)
        for position, item in enumerate(value):
            check_item(report, item, f"{pointer}/{position}")

    return check


def obj(fields: Mapping[str, Field], *rules: Check) -> Check:
    """An object with these fields and no others; the rules see the object once its fields are fine."""

    def check(report: Report, value: Any, pointer: str) -> None:
        if not isinstance(value, Mapping):
            report.add("must provide an object", pointer)
            return
        before = len(report.problems)
        _check_presence(report, value, pointer, fields)
        for name, content in value.items():
            if name in fields:
                fields[name].check(report, content, f"{pointer}/{name}")
        if len(report.problems) == before:
            for rule in rules:
                rule(report, value, pointer)

    return check


def _check_presence(report: Report, value: Json, pointer: str, fields: Mapping[str, Field]) -> None:
    for name, spec in fields.items():
        if spec.required and name not in value:
            report.add(f"missing required field: {name}", pointer)
    for name in value:
        if name not in fields:
            report.add(f"invalid additional property: {name}", pointer)


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` picks its check."""

    def check(report: Report, value: Any, pointer: str) -> None:
        if not isinstance(value, Mapping):
            report.add("must provide an object", pointer)
        elif "type" not in value:
            report.add("missing required field: type", pointer)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            report.add(f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            kinds[value["type"]](report, value, pointer)

    return check


def some_of(*names: str) -> Check:
    """A rule: at least one of these fields is there."""

    def check(report: Report, value: Json, pointer: str) -> None:
        if not any(name in value for name in names):
            report.add(f"missing required field: {' or '.join(names)}", pointer)

    return check


def not_both(first: str, second: str) -> Check:
    """A rule: not both of these fields."""

    def check(report: Report, value: Json, pointer: str) -> None:
        if first in value and second in value:
            report.add(f"must not have both {first} and {second}", pointer)

    return check


def exactly_one(first: str, second: str) -> tuple[Check, Check]:
    """Two rules: one of these fields and not the other."""
    return some_of(first, second), not_both(first, second)


def unique(values: Collection[Any]) -> bool:
    return len(set(values)) == len(values)
