"""What the gates of a deploy judge by: what the outside said, and what the database knows as it decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.deploys.history.verdicts import verdicts
from bot.domain import Domain
from bot.holds.holds import FREEZE, LOCK, standing
from bot.holds.model import Hold
from bot.incidents.model import Incident, IncidentStatus
from bot.ports import Tx
from bot.power.standing import lost
from bot.production.inputs.deploy import DeployInputs, Facts, Gate, Override
from bot.production.maintenance import maintenance_runs
from bot.runbook.model import Runbook
from bot.runs.model import Run
from bot.runs.start import open_required, records_of
from bot.text import say


@dataclass(frozen=True)
class Known:
    """All that the gates judge by."""

    run: Run
    runbook: Runbook
    now: datetime
    zone: ZoneInfo
    """The team's, in which times are written."""
    facts: Facts
    lock: Hold | None
    freeze: Hold | None
    holder: Run | None
    incidents: tuple[Incident, ...]
    """Open ones that block deploys, by the runbook in force or by the one that they were declared under."""
    maintenance: tuple[Run, ...] = ()
    """Maintenance that is under way."""
    left: tuple[str, ...] = ()
    """Required items of the first checklist that are open."""
    verdicts: Mapping[str, str] = field(default_factory=dict)
    """Deployment -> healthy or unhealthy, as our own runs saw it."""
    overrides: Mapping[str, Override] = field(default_factory=dict)
    """Gate -> who overrode it, why, and what stood in the way, of those whose word counts still."""


def known(domain: Domain, tx: Tx, run: Run, facts: Facts) -> Known:
    """Read what the database knows, in the transaction that decides."""
    holder = tx.locks.holder(run.environment or "")
    open_incidents = tx.incidents.find(status=IncidentStatus.OPEN, drill=False)
    return Known(
        run,
        domain.runbook,
        tx.now,
        domain.zone,
        facts,
        standing(tx, LOCK),
        standing(tx, FREEZE),
        tx.runs.get(holder) if holder is not None else None,
        tuple(each for each in open_incidents if _blocks(domain, tx, each)),
        maintenance_runs(domain, tx),
        _left(domain, tx, run),
        verdicts(domain, tx) if facts.newer else {},
        _overrides(domain, tx, run),
    )


def _overrides(domain: Domain, tx: Tx, run: Run) -> dict[str, Override]:
    given = DeployInputs.of(run).overrides
    return {gate: each for gate, each in given.items() if not lost(domain, tx, each.by, "", "override")}


def _blocks(domain: Domain, tx: Tx, incident: Incident) -> bool:
    run = tx.runs.get(incident.run_id)
    assert run, "an incident has its run"
    return any(incident.severity in book.deploys.blocked_by for book in (domain.runbook, domain.runbook_of(tx, run)))


def _left(domain: Domain, tx: Tx, run: Run) -> tuple[str, ...]:
    """A dry run has no checklist yet."""
    if not run.id:
        return ()
    return tuple(open_required(domain.procedure_of(tx, run), run, records_of(tx, run.id), "before"))


def passed(gate_id: str, why: str) -> Gate:
    """The gate lets it through."""
    return Gate(gate_id, "passed", why)


def unasked(what: Known, name: str) -> Gate | None:
    """What is not known, because the outside could not be asked."""
    reason = what.facts.unasked.get(name)
    return Gate(name, "unknown", say("Unknown: {why}", why=reason)) if reason else None
