"""The deployment log: who, what, when, how long, and how it ended. Read from runs and steps; kept nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.deploys.live import before, moved, moved_in
from bot.errors import Refusal
from bot.office import Office
from bot.ports import Tx
from bot.runbook.model import Procedure
from bot.runs.layout import phases_of, steps_of
from bot.runs.model import Run, RunState, StepRecord, StepState
from bot.runs.start import records_of
from bot.text import say

Verdict = Literal["verified", "unverified", "rolled back", "aborted live", "aborted", "failed", "cancelled", "running"]
ROLLBACKS = 500
"""Of the newest rollbacks, so many are looked at for what they took back."""
_CHECKS = ("health.check", "http", "metrics.check")


@dataclass(frozen=True)
class Entry:
    """One deploy or rollback. `live_at` is when production was seen to have moved (UTC)."""

    run: Run
    verdict: Verdict
    moved: dict[str, str]
    """Service -> the deployment that it made live."""
    live_at: datetime | None = None
    rolled_back_by: int | None = None
    fixes: int | None = None
    phases: tuple[tuple[str, timedelta], ...] = ()

    @property
    def lasted(self) -> timedelta | None:
        """From its start to its end; None while it runs, or when it never started."""
        return self.run.ended_at - self.run.started_at if self.run.ended_at and self.run.started_at else None

    @property
    def facts(self) -> Mapping[str, Any]:
        """What was looked up before it started: `sha`, `live` (the commit before), `commits`, `migrations` …"""
        found: Mapping[str, Any] = self.run.inputs.get("facts", {})
        return found

    @property
    def sha(self) -> str | None:
        """The commit that it deployed."""
        sha: str | None = self.run.inputs.get("sha") or self.facts.get("sha")
        return sha

    @property
    def overrides(self) -> Mapping[str, Mapping[str, str]]:
        """Gate -> by whom and why it was overridden."""
        found: Mapping[str, Mapping[str, str]] = self.run.inputs.get("overrides", {})
        return found

    @property
    def commit_times(self) -> Sequence[int]:
        """When the commits that it brought were made (Unix seconds)."""
        times: Sequence[int] = self.facts.get("commit_times", ())
        return times


def entries(office: Office, tx: Tx, limit: int = 15, since: datetime | None = None) -> list[Entry]:
    """The latest deploys and rollbacks that were asked for since then, newest first."""
    found = tx.runs.find(kind=("deploy", "rollback"), order="-id", limit=limit)
    taken = _taken_back(office, tx)
    return [_entry(office, tx, run, taken) for run in found if since is None or run.created_at >= since]


def entry(office: Office, tx: Tx, run_id: int) -> Entry:
    """One of them; a Refusal when there is no such run."""
    run = tx.runs.get(run_id)
    if run is None or run.kind not in ("deploy", "rollback"):
        raise Refusal(say("Run {id} is no deploy and no rollback. /deploy history lists them.", id=run_id))
    return _entry(office, tx, run, _taken_back(office, tx))


def _taken_back(office: Office, tx: Tx) -> dict[str, int]:
    """Deployment -> the rollback that took it from production."""
    found: dict[str, int] = {}
    for run in tx.runs.find(kind="rollback", drill=False, order="-id", limit=ROLLBACKS):
        if not run.unpins and moved(office, tx, run):
            earlier = before(office, tx, run)
            found |= {earlier[service]: run.id for service in moved(office, tx, run) if service in earlier}
    return found


def _entry(office: Office, tx: Tx, run: Run, taken: Mapping[str, int]) -> Entry:
    records, procedure = records_of(tx, run.id) if run.started_at else {}, office.procedure_of(tx, run)
    made_live = moved_in(procedure, records)
    later = [taken[each] for each in made_live.values() if each in taken and taken[each] > run.id]
    rolled_back_by = min(later, default=None) if run.kind == "deploy" else None
    return Entry(
        run, _verdict(run, procedure, records, made_live, rolled_back_by), made_live, _live_at(procedure, records),
        rolled_back_by, _fixes(tx, run), _phases(run, procedure, records),
    )  # fmt: skip


def _verdict(
    run: Run, procedure: Procedure, records: Mapping[str, StepRecord], made_live: object, rolled_back_by: int | None
) -> Verdict:
    if rolled_back_by is not None:
        return "rolled back"
    match run.state:
        case RunState.WAITING | RunState.ACTIVE:
            return "running"
        case RunState.DONE:
            return "verified" if _checked(procedure, records) else "unverified"
        case RunState.CANCELLED:
            return "cancelled"
        case _ if made_live:
            return "aborted live"
        case _:
            return "failed" if run.state is RunState.FAILED else "aborted"


def _checked(procedure: Procedure, records: Mapping[str, StepRecord]) -> bool:
    """Whether there were checks, and every required one was good: one that was skipped proves nothing."""
    checks = [step for _, step in procedure.steps() if step.kind in _CHECKS and step.id in records and step.required]
    return bool(checks) and all(records[each.id].state is StepState.DONE for each in checks)


def _live_at(procedure: Procedure, records: Mapping[str, StepRecord]) -> datetime | None:
    """When production was seen to have moved: by the alias job, else when the move was answered."""
    for kinds in (("vercel.wait_alias",), ("vercel.promote", "vercel.rollback")):
        done = [records[step.id] for _, step in procedure.steps() if step.kind in kinds and step.id in records]
        ends = [record.ended_at for record in done if record.state is StepState.DONE and record.ended_at]
        if ends:
            return max(ends)
    return None


def _fixes(tx: Tx, run: Run) -> int | None:
    """The incident that it was started to fix; a confidential one is nobody's business here."""
    number = run.inputs.get("fixes")
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
