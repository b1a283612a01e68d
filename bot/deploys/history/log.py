"""The deployment log: who, what, when, how long, and how it ended. Read from runs and steps; kept nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.domain import Domain
from bot.errors import Refusal
from bot.ports import Tx
from bot.production.commits import commits_in
from bot.production.inputs import ProductionInputs
from bot.production.inputs.deploy import NO_FACTS, DeployInputs, Facts, Override
from bot.production.inputs.rollback import RollbackInputs
from bot.production.model import LivePeriod
from bot.production.periods import periods_of
from bot.runbook.model import Procedure
from bot.runs.checklist.layout import phases_of, steps_of
from bot.runs.model import Run, RunState, StepRecord, StepState
from bot.runs.start import records_of
from bot.text import say

Verdict = Literal["verified", "unverified", "rolled back", "aborted live", "aborted", "failed", "cancelled", "running",
                  "waiting"]  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One deploy or rollback. `periods`: what production was seen to be by it, from when and until when."""

    run: Run
    verdict: Verdict
    periods: tuple[LivePeriod, ...] = ()
    rolled_back_by: int | None = None
    fixes: int | None = None
    phases: tuple[tuple[str, timedelta], ...] = ()
    commits: Mapping[str | None, str] = field(default_factory=dict)
    """Deployment -> its commit, or the id again when that is not known."""

    @property
    def moved(self) -> dict[str, str]:
        """Service -> the deployment that it was seen to make live."""
        return {each.service: each.deployment for each in self.periods if each.moved}

    @property
    def live_at(self) -> datetime | None:
        """When the last of its services was seen to have moved (UTC); None when none was."""
        return max((each.seen_at for each in self.periods if each.moved), default=None)

    @property
    def over_at(self) -> datetime | None:
        """When the last of what it made live was seen to be over (UTC); None while something of it is live."""
        ends = [each.over_at for each in self.periods if each.moved]
        return max(end for end in ends if end) if ends and all(ends) else None

    @property
    def lasted(self) -> timedelta | None:
        """From its start to its end; None while it runs, or when it never started."""
        return self.run.ended_at - self.run.started_at if self.run.ended_at and self.run.started_at else None

    @property
    def facts(self) -> Facts:
        """What was looked up before it started."""
        return DeployInputs.of(self.run).facts or NO_FACTS

    @property
    def sha(self) -> str | None:
        """The commit that it deployed."""
        return self.run.inputs.sha or self.facts.sha

    @property
    def overrides(self) -> Mapping[str, Override]:
        """Gate -> by whom and why it was overridden."""
        return DeployInputs.of(self.run).overrides

    @property
    def commit_times(self) -> Sequence[int]:
        """When the commits that it brought were made (Unix seconds)."""
        return self.facts.commit_times


def entries(domain: Domain, tx: Tx, limit: int = 15, since: datetime | None = None) -> list[Entry]:
    """The latest deploys and rollbacks that were asked for since then, newest first."""
    found = tx.runs.find(kind=("deploy", "rollback"), order="-id", limit=limit)
    return [entry_of(domain, tx, run) for run in found if since is None or run.created_at >= since]


def entry(domain: Domain, tx: Tx, run_id: int) -> Entry:
    """One of them; a Refusal when there is no such run."""
    run = tx.runs.get(run_id)
    if run is None or not (run.kind.builds or run.kind.goes_back):
        raise Refusal(say("Run {id} is not a deploy or a rollback. /deploy history lists them.", id=run_id))
    return entry_of(domain, tx, run)


def entry_of(domain: Domain, tx: Tx, run: Run) -> Entry:
    """What is said of a run that had production: a restore too."""
    records, procedure = records_of(tx, run.id) if run.started_at else {}, domain.procedure_of(tx, run)
    periods = tuple(periods_of(tx, run.id))
    rolled_back_by = _rolled_back_by(tx, periods) if run.kind.builds else None
    verdict = _verdict(run, procedure, records, periods, rolled_back_by)
    fixes, phases = _fixes(tx, run), _phases(run, procedure, records)
    return Entry(run, verdict, periods, rolled_back_by, fixes, phases, commits_in(tx, run, periods))


def _rolled_back_by(tx: Tx, periods: Sequence[LivePeriod]) -> int | None:
    """The first rollback that was seen to take one of its deployments from production."""
    enders = sorted(each.ended_by for each in periods if each.ended_by)
    runs = (tx.runs.get(run_id) for run_id in enders)
    return next((run.id for run in runs if run and run.kind.goes_back and not RollbackInputs.of(run).unpins), None)


def _verdict(
    run: Run, procedure: Procedure, records: Mapping[str, StepRecord], periods: Sequence[LivePeriod],
    rolled_back_by: int | None,
) -> Verdict:  # fmt: skip
    if rolled_back_by is not None:
        return "rolled back"
    match run.state:
        case RunState.WAITING:
            return "waiting"
        case RunState.ACTIVE:
            return "running"
        case RunState.DONE:
            return "verified" if is_verified(run, procedure, records, periods) else "unverified"
        case RunState.CANCELLED:
            return "cancelled"
        case _ if any(each.moved for each in periods):
            return "aborted live"
        case _:
            return "failed" if run.state is RunState.FAILED else "aborted"


def is_verified(
    run: Run, procedure: Procedure, records: Mapping[str, StepRecord], periods: Sequence[LivePeriod]
) -> bool:
    """Whether a run that is done is live wherever it moves production, to its end, and its checks were good."""
    return is_live(run, procedure, records, periods) and _checked(procedure, records)


def is_live(run: Run, procedure: Procedure, records: Mapping[str, StepRecord], periods: Sequence[LivePeriod]) -> bool:
    """Whether a run that is done was seen live wherever it moves production, from then to its end."""
    moves = {step.service for _, step in procedure.steps() if step.moves_production and step.id in records}
    live = {each.service for each in periods if each.over_at is None or (run.ended_at and each.over_at >= run.ended_at)}
    return moves <= live and not ProductionInputs.of(run).unverified


def _checked(procedure: Procedure, records: Mapping[str, StepRecord]) -> bool:
    """Whether there were checks, and every required one was good: one that was skipped proves nothing."""
    checks = [step for _, step in procedure.steps() if step.proves and step.id in records and step.required]
    return bool(checks) and all(records[each.id].state is StepState.DONE for each in checks)


def _fixes(tx: Tx, run: Run) -> int | None:
    """The incident that it was started to fix; a confidential one is nobody's business here."""
    number = DeployInputs.of(run).fixes
    found = [tx.incidents.get(number)] if number else tx.incidents.find(run_id=run.parent_run) if run.parent_run else []
    return next((each.id for each in found if each and not each.confidential), None)


def _phases(run: Run, procedure: Procedure, records: Mapping[str, StepRecord]) -> tuple[tuple[str, timedelta], ...]:
    """How long each phase of the run took, from its first sign of work to its last."""
    found = []
    for phase in phases_of(procedure, "main", run.targets):
        mine = [records[step.id] for step in steps_of(phase, run.targets) if step.id in records]
        begun = [record.started_at or record.at for record in mine if record.started_at or record.at]
        ended = [record.ended_at or record.at for record in mine if record.ended_at or record.at]
        if begun and ended:
            found.append((phase.title, max(each for each in ended if each) - min(each for each in begun if each)))
    return tuple(found)
