"""Gates: what a deploy has to pass before it starts. Each is a pure function of what is known; the card shows all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.deploys.facts import Facts
from bot.deploys.holds import FREEZE, LOCK, frozen_until, standing
from bot.deploys.model import Hold
from bot.deploys.verdicts import verdicts
from bot.incidents.model import Incident, IncidentStatus
from bot.office import Office
from bot.ports import Tx
from bot.runbook.model import Runbook
from bot.runs.items import mention
from bot.runs.model import Run
from bot.text import listing, say

Verdict = Literal["passed", "warning", "failed", "overridden"]


@dataclass(frozen=True)
class Gate:
    """One gate's answer. Only an `overridable` one that failed may be passed with a reason."""

    id: str
    verdict: Verdict
    why: str
    overridable: bool = True
    offer: dict[str, str] = field(default_factory=dict)
    """Service -> the deployment that can be promoted from here."""


@dataclass(frozen=True)
class Known:
    """All that the gates judge by."""

    run: Run
    runbook: Runbook
    now: datetime
    facts: Facts
    lock: Hold | None
    freeze: Hold | None
    holder: Run | None
    incidents: tuple[Incident, ...]
    verdicts: Mapping[str, str] = field(default_factory=dict)
    """Deployment -> healthy or unhealthy, as our own runs saw it."""


def known(office: Office, tx: Tx, run: Run, facts: Facts) -> Known:
    """Read what the database knows, in the transaction that decides."""
    holder = tx.locks.holder(run.environment or "")
    open_incidents = tx.incidents.find(status=IncidentStatus.OPEN, drill=False)
    return Known(
        run,
        office.runbook_of(tx, run),
        tx.now,
        facts,
        standing(tx, LOCK),
        standing(tx, FREEZE),
        tx.runs.get(holder) if holder is not None else None,
        tuple(open_incidents),
        verdicts(office, tx) if facts.newer else {},
    )


def judge(what: Known) -> tuple[Gate, ...]:
    """Every gate's answer, overrides applied."""
    overrides: dict[str, dict[str, str]] = what.run.inputs.get("overrides", {})
    return tuple(_overridden(gate(what), overrides) for gate in GATES)


def _overridden(gate: Gate, overrides: dict[str, dict[str, str]]) -> Gate:
    """An override passes what stood in the way when it was given, and nothing that came later."""
    given = overrides.get(gate.id)
    if gate.verdict != "failed" or not gate.overridable or given is None or given["what"] != gate.why:
        return gate
    why = say("{what} Overridden by {who}: {why}", what=gate.why, who=mention(given["by"]), why=given["why"])
    return Gate(gate.id, "overridden", why)


def clear(gates: tuple[Gate, ...]) -> bool:
    """Whether nothing stands in the way."""
    return all(gate.verdict != "failed" for gate in gates)


def _passed(gate_id: str, why: str) -> Gate:
    return Gate(gate_id, "passed", why)


def _running(what: Known) -> Gate:
    if what.holder is None or what.holder.id == what.run.id:
        return _passed("running", say("Nothing else is running."))
    why = say("Run {id} ({title}) has production.", id=what.holder.id, title=what.holder.title)
    return Gate("running", "failed", why, overridable=False)


def _lock(what: Known) -> Gate:
    if what.lock is None:
        return _passed("lock", say("Deploys are not locked."))
    return Gate("lock", "failed", _held(say("Locked by {who}: {why}{until}."), what.lock))


def _held(words: str, hold: Hold) -> str:
    """Who holds deploys and why, and until when if it ends by itself."""
    until = say(" (until {time} UTC)", time=f"{hold.expires_at:%a %d %b %H:%M}") if hold.expires_at else ""
    return words.format(who=mention(hold.owner), why=hold.reason, until=until)


def _freeze(what: Known) -> Gate:
    if what.freeze:
        return Gate("freeze", "failed", _held(say("Frozen by {who}: {why}{until}."), what.freeze))
    recurring = frozen_until(what.runbook, what.now)
    if recurring is None:
        return _passed("freeze", say("No freeze is on."))
    text, until = recurring
    return Gate("freeze", "failed", say("{text} (until {until} UTC).", text=text, until=f"{until:%a %H:%M}"))


def _incidents(what: Known) -> Gate:
    blocking = [i for i in what.incidents if i.severity in what.runbook.deploys.blocked_by and not _is_fix(what.run, i)]
    if not blocking:
        return _passed("incidents", say("No open incident is in the way."))
    names = listing([say("{s} {id}", s=incident.severity.upper(), id=incident.id) for incident in blocking])
    return Gate(
        "incidents", "failed", say("{names} is open; a fix is started from its card, or with --fix.", names=names)
    )


def _is_fix(run: Run, incident: Incident) -> bool:
    return run.inputs.get("fixes") == incident.id or run.parent_run == incident.run_id


def _pin(what: Known) -> Gate:
    if what.facts.pinned:
        names = listing([f"{service} ({dpl})" for service, dpl in what.facts.pinned.items()])
        why = say("A rollback pinned production: {names}. A deploy goes live only by promoting it.", names=names)
        newest = newest_good(what.facts, what.verdicts)
        found = listing([_named(each) for each in newest.values()])
        why += say(" The newest that is not known to be bad: {names}.", names=found) if found else ""
        return Gate("pin", "warning", why, offer={service: each["id"] for service, each in newest.items()})
    return _unasked(what, "pin") or _passed("pin", say("Production is not pinned by a rollback."))


def newest_good(facts: Facts, verdicts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Pinned service -> the newest deployment after its pin that no run of ours saw unhealthy."""
    good = {
        service: next((each for each in listed if verdicts.get(each["id"]) != "unhealthy"), None)
        for service, listed in facts.newer.items()
    }
    return {service: each for service, each in good.items() if each}


def _named(deployment: dict[str, str]) -> str:
    return f"{deployment['sha'] or deployment['id']} {deployment['message']}".strip()


def _vendors(what: Known) -> Gate:
    if what.facts.vendors:
        trouble = listing([f"{vendor}: {status}" for vendor, status in what.facts.vendors.items()])
        return Gate("vendors", "warning", trouble)
    return _unasked(what, "vendors") or _passed("vendors", say("All vendors are operational."))


def _commit(what: Known) -> Gate:
    approval, sha = what.run.inputs.get("approval"), what.facts.sha
    if approval and approval.get("sha") != sha:
        return Gate("commit", "failed", _moved(approval.get("sha"), sha, what), overridable=False)
    if sha is None:
        return _unasked(what, "commit") or _passed("commit", say("The commit is not known."))
    return _passed("commit", say("Commit {sha}.", sha=sha[:7]))


def _moved(approved: str | None, sha: str | None, what: Known) -> str:
    if sha is None:
        why = what.facts.unasked.get("commit", "")
        return say("The approved commit {sha} could not be looked up: {why}", sha=str(approved)[:7], why=why)
    if approved is None:
        return say("The commit ({sha}) is known only now.", sha=sha[:7])
    return say("The branch moved from {old} to {new} after the approval.", old=approved[:7], new=sha[:7])


def _unasked(what: Known, name: str) -> Gate | None:
    reason = what.facts.unasked.get(name)
    return Gate(name, "warning", say("Not known: {why}", why=reason)) if reason else None


GATES: tuple[Callable[[Known], Gate], ...] = (_running, _lock, _freeze, _incidents, _pin, _vendors, _commit)


def written(gates: tuple[Gate, ...]) -> list[dict[str, Any]]:
    """The gates as they are kept with the run."""
    return [dict(vars(gate)) for gate in gates]
