"""The four figures of delivery (DORA), from runs and incidents of our own: pure functions.

Definitions after https://dora.dev/guides/dora-metrics-four-keys; drills and confidential incidents are left out.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from bot.deploys.history.log import Entry, entries
from bot.domain import Domain
from bot.incidents.model import Incident
from bot.ports import Tx
from bot.runs.model import Run, RunState

ENOUGH = 3
"""Of fewer cases a median or a share says nothing."""
RUNS = 1000
"""Runs that are looked at at most."""
LOOKED_BACK = timedelta(days=100)
"""What was asked for earlier cannot have gone live in the last 90 days: an approval is void by then."""
GRAVE = 2
"""Incidents of this rank and worse count (P1 and P2)."""


@dataclass(frozen=True)
class Figures:
    """The figures of the last `days`. None = too few to say; the counts beside them say of how many."""

    days: int
    good: int
    """Deploys that ended well and are live or were until the next one."""
    live: int
    """Deploys that moved production."""
    failed: int
    lead: timedelta | None
    commits: int
    undated: int
    """Deploys whose commits' times are not known."""
    restore: timedelta | None
    incidents: int
    acknowledge: timedelta | None
    """From declaring an incident to somebody being on it."""
    acknowledged: int

    @property
    def per_week(self) -> float:
        """Good deploys a week."""
        return self.good * 7 / self.days

    @property
    def failure_share(self) -> float | None:
        """Failed changes of all that moved production, 0 to 1."""
        return self.failed / self.live if self.live >= ENOUGH else None


@dataclass(frozen=True)
class Week:
    """Deploys that moved production in the week from this Monday on."""

    monday: date
    good: int
    failed: int


@dataclass(frozen=True)
class Delivery:
    """What is shown of it: 30 and 90 days, and week by week."""

    short: Figures
    long: Figures
    weeks: tuple[Week, ...]


def delivery(domain: Domain, tx: Tx) -> Delivery:
    """The figures as of now."""
    incidents = _counted(tx)
    grave = _grave(domain, tx, incidents)
    found = entries(domain, tx, RUNS, since=tx.now - LOOKED_BACK)
    changes = [each for each in found if each.run.kind.builds and not each.run.drill]
    failed = failed_changes(changes, incidents)
    return Delivery(
        figures(changes, failed, grave, now=tx.now, days=30),
        figures(changes, failed, grave, now=tx.now, days=90),
        weeks(changes, failed, now=tx.now, zone=domain.zone),
    )


def time_to_acknowledge(domain: Domain, tx: Tx) -> timedelta | None:
    """The median of the last 30 days; None = too few to say."""
    return _middle(_taken(_grave(domain, tx, _counted(tx)), tx.now - timedelta(days=30), tx.now))


def _counted(tx: Tx) -> list[Incident]:
    return [each for each in tx.incidents.find(drill=False) if not each.confidential]


def _grave(domain: Domain, tx: Tx, incidents: Iterable[Incident]) -> list[Incident]:
    runs = {run.id: run for run in tx.runs.find(kind="incident", drill=False)}
    counted = (each for each in incidents if each.merged_into is None)
    return [each for each in counted if _rank(domain, tx, runs[each.run_id], each) <= GRAVE]


def _taken(incidents: Iterable[Incident], since: datetime, now: datetime) -> list[timedelta]:
    """How long each incident waited that was acknowledged in this time."""
    return [each.acknowledged_at - each.declared_at for each in incidents
            if each.acknowledged_at and since < each.acknowledged_at <= now]  # fmt: skip


def _rank(domain: Domain, tx: Tx, run: Run, incident: Incident) -> int:
    return domain.runbook_of(tx, run).severity(incident.severity).rank


def failed_changes(changes: Sequence[Entry], incidents: Iterable[Incident]) -> frozenset[int]:
    """Run ids of changes that went live and failed.

    That is: rolled back; ended badly after it was live; or the last to go live before an incident that a later deploy
    was the fix of.
    """
    bad = {each.run.id for each in changes if each.live_at and (each.rolled_back_by or _ended_badly(each))}
    declared = {each.id: each.declared_at for each in incidents}
    for fix in changes:
        if fix.fixes in declared:
            before = [each for each in changes if each.live_at and each.live_at <= declared[fix.fixes]]
            cause = max(before, key=lambda each: each.live_at or datetime.min.replace(tzinfo=UTC), default=None)
            bad |= {cause.run.id} if cause else set()
    return frozenset(bad)


def _ended_badly(entry: Entry) -> bool:
    return entry.run.state.ended and entry.run.state is not RunState.DONE


def figures(
    changes: Sequence[Entry], failed: frozenset[int], incidents: Sequence[Incident], *, now: datetime, days: int
) -> Figures:
    """The figures of what went live, and of what was resolved, in the last `days`."""
    since = now - timedelta(days=days)
    live = [each for each in changes if each.live_at and since < each.live_at <= now]
    leads = [lead for each in live for lead in _leads(each)]
    restored = [each.resolved_at - each.declared_at for each in incidents
                if each.resolved_at and since < each.resolved_at <= now]  # fmt: skip
    taken = _taken(incidents, since, now)
    return Figures(
        days,
        good=sum(_good(each, failed) for each in live),
        live=len(live),
        failed=sum(each.run.id in failed for each in live),
        lead=_middle(leads),
        commits=len(leads),
        undated=sum(not each.commit_times for each in live),
        restore=_middle(restored),
        incidents=len(restored),
        acknowledge=_middle(taken),
        acknowledged=len(taken),
    )


def _good(entry: Entry, failed: frozenset[int]) -> bool:
    """Whether what went live has succeeded, which a run under way has not yet."""
    return entry.run.state is RunState.DONE and entry.run.id not in failed


def _leads(entry: Entry) -> list[timedelta]:
    """From each commit to when it was live. A commit that is dated later (a wrong clock) counts as nothing waited."""
    assert entry.live_at
    made = [datetime.fromtimestamp(time, UTC) for time in entry.commit_times]
    return [max(entry.live_at - each, timedelta(0)) for each in made]


def _middle(durations: Sequence[timedelta]) -> timedelta | None:
    if len(durations) < ENOUGH:
        return None
    return timedelta(seconds=median(each.total_seconds() for each in durations))


def weeks(
    changes: Sequence[Entry], failed: frozenset[int], *, now: datetime, zone: ZoneInfo, count: int = 12
) -> tuple[Week, ...]:
    """The last `count` weeks, the present one last; weeks begin on Monday in the team's zone."""
    this = _monday(now, zone)
    mondays = [this - timedelta(weeks=count - 1 - number) for number in range(count)]
    live = [(_monday(each.live_at, zone), each) for each in changes if each.live_at]
    good = Counter(monday for monday, each in live if _good(each, failed))
    bad = Counter(monday for monday, each in live if each.run.id in failed)
    return tuple(Week(each, good[each], bad[each]) for each in mondays)


def _monday(moment: datetime, zone: ZoneInfo) -> date:
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())
