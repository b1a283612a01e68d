"""What was seen of a metric after a deploy, when it is looked at, and how the figures read: pure functions."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.runbook.sections import Watch
from bot.text import plural, say

RANK = {"healthy": 0, "unknown": 1, "warning": 2, "critical": 3}


@dataclass(frozen=True)
class Figure:
    """What one look found: the value (None = no data), as people read it, its state, and a sentence about it."""

    value: float | None
    shown: str
    state: str  # healthy | warning | critical | unknown
    words: str


def next_look(began: datetime, watch: Watch, now: datetime) -> tuple[int, datetime] | None:
    """Number and instant of the first look after `now`; None when the time is over. Missed ones are not made up for."""
    number = max((now - began) // watch.every, 0) + 1
    return (number, began + number * watch.every) if number <= looks(watch) else None


def looks(watch: Watch) -> int:
    """How many looks a watch takes when none is missed."""
    return watch.lasts // watch.every


def summary(watch: Watch, figures: Sequence[Figure]) -> str:
    """`now 0.3%, worst 0.4%; 12 of 12 looks good (48 planned)`: no data is never good."""
    if not figures:
        return say("not checked yet")
    known = [figure for figure in figures if figure.state != "unknown"]
    good = sum(figure.state == "healthy" for figure in figures)
    words = [say("now {shown}", shown=figures[-1].shown)]
    if known:
        words.append(say("worst {shown}", shown=max(known, key=_badness(watch)).shown))
    if len(known) < len(figures):
        words.append(plural("no data in {count} check", "no data in {count} checks", len(figures) - len(known)))
    counted = say("{good} of {count} checks passed", good=good, count=len(figures))
    planned = " " + say("({count} planned)", count=looks(watch)) if len(figures) != looks(watch) else ""
    return f"{', '.join(words)}; {counted}{planned}"


def _badness(watch: Watch) -> Callable[[Figure], tuple[int, float]]:
    """Worse states first, then worse values: an infinite one has no number."""
    sign = 1 if watch.worse == "higher" else -1
    return lambda figure: (RANK[figure.state], math.inf if figure.value is None else sign * figure.value)
