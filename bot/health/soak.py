"""A soak: good looks in a row over a stretch of time. Pure; who looks, and when, is the step's business."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.health.checks import Report
from bot.health.metrics import Verdict
from bot.ports import HealthResult
from bot.runbook.sections.soak import Soak
from bot.text import plural, say, span


@dataclass(frozen=True)
class Row:
    """The good looks since the last bad one, and when the first of them was."""

    good: int = 0
    since: datetime | None = None

    def after(self, at: datetime, *, good: bool) -> "Row":
        """The row with one more look."""
        return Row(self.good + 1, self.since or at) if good else Row()

    def full(self, soak: Soak, at: datetime) -> bool:
        """Whether these are looks enough, over time enough."""
        return self.since is not None and self.good >= soak.good and at - self.since >= soak.over

    def fits(self, soak: Soak, at: datetime, deadline: datetime) -> bool:
        """Whether it can still be full by then, if every look from now on is good."""
        by_time = (self.since or at + soak.every) + soak.over
        by_count = at + (soak.good - self.good) * soak.every
        return max(by_time, by_count) <= deadline

    def words(self, soak: Soak, at: datetime) -> str:
        """`3 of 5 good, 1 min 20 s to go`."""
        counted = say("{good} of {all} passing", good=min(self.good, soak.good), all=soak.good)
        left = soak.over - (at - self.since) if self.since else soak.over
        return counted + (", " + say("{time} left", time=span(left)) if left > timedelta(0) else "")


@dataclass(frozen=True)
class Look:
    """One look: the health checks, and the metrics when there is a Prometheus."""

    report: Report
    verdict: Verdict | None = None

    def broken(self, soak: Soak) -> frozenset[str]:
        """Ids of the metrics that break a threshold that counts."""
        states = ("critical",) if soak.level == "critical" else ("critical", "warning")
        return frozenset(each.metric.id for each in self.verdict.judged if each.state in states) if self.verdict else (
            frozenset()
        )  # fmt: skip

    def good(self, soak: Soak) -> bool:
        """Whether nothing is wrong. What is not known of metrics is judged when the row is full."""
        return not self._bad(soak) and not self.broken(soak)

    def _bad(self, soak: Soak) -> tuple[HealthResult, ...]:
        """The checks that were not good enough: a slow one is, unless warnings count."""
        slow = self.report.slow if soak.level == "warning" else ()
        return (*self.report.unhealthy, *slow)

    def faults(self, soak: Soak) -> str:
        """What is wrong, a line each."""
        lines = [f"{result.title}: {result.reason or result.state}" for result in self._bad(soak)]
        broken = self.broken(soak)
        lines += [each.words for each in self.verdict.judged if each.metric.id in broken] if self.verdict else []
        return "\n".join(lines)


@dataclass(frozen=True)
class Seen:
    """What was seen so far: how many looks, how many of them bad, what was wrong last, what is broken since before."""

    looks: int = 0
    bad: int = 0
    fault: str = ""
    before: frozenset[str] | None = None
    bad_in_row: int = 0

    def after(self, look: Look, soak: Soak) -> "Seen":
        """With one more look. Of what was broken at the first look, what has recovered is forgotten."""
        broken = look.broken(soak)
        before = broken if self.before is None else self.before & broken
        bad = not look.good(soak)
        fault, in_row = (look.faults(soak), self.bad_in_row + 1) if bad else (self.fault, 0)
        return Seen(self.looks + 1, self.bad + bad, fault, before, in_row)

    def is_back(self, soak: Soak) -> bool:
        """Whether what was mended is broken again: as many looks in a row were bad as end it."""
        return soak.bad is not None and self.bad_in_row >= soak.bad

    def broke(self, look: Look, soak: Soak) -> bool:
        """Whether a threshold breaks now that was kept before."""
        return self.before is not None and bool(look.broken(soak) - self.before)

    @property
    def words(self) -> str:
        """`12 looks, 2 of them bad`."""
        looks = plural("{count} check", "{count} checks", self.looks)
        return looks + (", " + say("{bad} failed", bad=self.bad) if self.bad else "")
