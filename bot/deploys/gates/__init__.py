"""Gates: what a deploy has to pass before it starts. Each is a pure function of what is known; the card shows all."""

from collections.abc import Callable, Mapping, Sequence

from bot.deploys.gates.checks import checks_gate
from bot.deploys.gates.inputs import Known, passed, unasked
from bot.deploys.gates.maintenance import maintenance_gate
from bot.deploys.gates.pins import pin_gate
from bot.holds.holds import frozen_until
from bot.holds.model import Hold
from bot.incidents.model import Incident
from bot.people import mention
from bot.production.inputs.deploy import DeployInputs, Gate, Override
from bot.runs.model import Run
from bot.text import listing, moment, plural, say

CHECKLIST = "checklist"
"""The gate that a card judges by itself, since it changes with every tick."""


def judge(what: Known) -> tuple[Gate, ...]:
    """Every gate's answer, overrides applied."""
    return tuple(overridden(gate(what), what.overrides) for gate in GATES)


def overridden(gate: Gate, overrides: Mapping[str, Override]) -> Gate:
    """An override passes what stood in the way when it was given, and nothing that came later."""
    given = overrides.get(gate.id)
    if gate.verdict != "failed" or not gate.overridable or given is None or not _is_for(given, gate):
        return gate
    why = say("{what} Overridden by {who}: {why}", what=gate.why, who=mention(given.by), why=given.why)
    return Gate(gate.id, "overridden", why)


def _is_for(given: Override, gate: Gate) -> bool:
    if given.cause:
        return given.cause == gate.cause
    return given.what == gate.why and given.about in (None, gate.about)


def clear(gates: tuple[Gate, ...]) -> bool:
    """Whether nothing stands in the way."""
    return all(gate.verdict != "failed" for gate in gates)


def _running(what: Known) -> Gate:
    if what.holder is None or what.holder.id == what.run.id:
        return passed("running", say("Nothing else is running."))
    why = say("Run {id} ({title}) is in progress.", id=what.holder.id, title=what.holder.title)
    return Gate("running", "failed", why, overridable=False)


def _lock(what: Known) -> Gate:
    if what.lock is None:
        return passed("lock", say("Deploys are not locked."))
    why = say("Locked by {who}: {why}{until}.", **_held(what.lock, what))
    return Gate("lock", "failed", why, cause=_cause_of(what.lock))


def _held(hold: Hold, what: Known) -> dict[str, str]:
    """Who holds deploys and why, and until when if it ends by itself."""
    until = " " + say("(until {time})", time=moment(hold.expires_at, what.zone)) if hold.expires_at else ""
    return {"who": mention(hold.owner), "why": hold.reason, "until": until}


def _cause_of(hold: Hold) -> tuple[str, ...]:
    return (hold.environment, hold.kind, hold.taken_at.isoformat())


def _freeze(what: Known) -> Gate:
    if what.freeze:
        why = say("Frozen by {who}: {why}{until}.", **_held(what.freeze, what))
        return Gate("freeze", "failed", why, cause=_cause_of(what.freeze))
    recurring = frozen_until(what.runbook, what.now)
    if recurring is None:
        return passed("freeze", say("No freeze is active."))
    freeze, until = recurring
    why = say("{text} (until {until}).", text=freeze.text, until=moment(until, what.zone))
    return Gate("freeze", "failed", why, cause=(freeze.id, until.isoformat()))


def _incidents(what: Known) -> Gate:
    blocking = [incident for incident in what.incidents if not _is_fix(what.run, incident)]
    if not blocking:
        return passed("incidents", say("No open incident blocks this."))
    known = [incident for incident in blocking if not incident.confidential]
    names = [say("#{id} · {s}", s=incident.severity.upper(), id=incident.id) for incident in known]
    if hidden := len(blocking) - len(known):
        names.append(plural("{count} confidential incident", "{count} confidential incidents", hidden))
    why = plural(
        "{names} is open. Start a fix from its card, or with --fix.",
        "{names} are open. Start a fix from its card, or with --fix.",
        len(blocking),
        names=listing(names),
    )
    about = ",".join(str(incident.id) for incident in blocking)
    cause = tuple(f"incident {incident.id} {incident.severity}" for incident in blocking)
    return Gate("incidents", "failed", why, about=about, cause=cause)


def _is_fix(run: Run, incident: Incident) -> bool:
    return DeployInputs.of(run).fixes == incident.id or run.parent_run == incident.run_id


def _vendors(what: Known) -> Gate:
    if what.facts.vendors:
        trouble = listing([f"{vendor}: {status}" for vendor, status in what.facts.vendors.items()])
        return Gate("vendors", "warning", trouble)
    if not what.runbook.vendors:
        return passed("vendors", say("The runbook lists no vendors."))
    return unasked(what, "vendors") or passed("vendors", say("All vendors are operational."))


def _commit(what: Known) -> Gate:
    approval, sha = DeployInputs.of(what.run).approval, what.facts.sha
    if approval and approval.sha != sha:
        return Gate("commit", "failed", _moved(approval.sha, sha, what), overridable=False)
    if sha is None:
        why = what.facts.unasked.get("commit") or say("it was not looked up")
        return Gate("commit", "failed", say("Commit unknown: {why}.", why=why.rstrip(".")), overridable=False)
    return passed("commit", say("Commit {sha}.", sha=sha[:7]))


def _moved(approved: str | None, sha: str | None, what: Known) -> str:
    if sha is None:
        why = what.facts.unasked.get("commit", "")
        return say("The approved commit {sha} could not be looked up: {why}", sha=str(approved)[:7], why=why)
    if approved is None:
        return say("The commit ({sha}) was not known when it was approved.", sha=sha[:7])
    return say("The branch moved from {old} to {new} after the approval.", old=approved[:7], new=sha[:7])


def checklist_gate(left: Sequence[str]) -> Gate:
    """Required items come first; one that is not needed is skipped with a reason, so there is nothing to override."""
    if not left:
        return passed(CHECKLIST, say("The checklist is complete."))
    return Gate(CHECKLIST, "failed", say("Still open: {items}.", items=listing(left, most=3)), overridable=False)


def _checklist(what: Known) -> Gate:
    return checklist_gate(what.left)


GATES: tuple[Callable[[Known], Gate], ...] = (
    _checklist,
    _running,
    _lock,
    _freeze,
    maintenance_gate,
    _incidents,
    pin_gate,
    _vendors,
    checks_gate,
    _commit,
)


def kept(gates: tuple[Gate, ...]) -> tuple[Gate, ...]:
    """The gates as they are kept with the run, but for the checklist: its items say how it stands."""
    return tuple(gate for gate in gates if gate.id != CHECKLIST)
