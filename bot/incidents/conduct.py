"""Conducting an incident: notes, severity, roles, resolving, closing, reopening."""

from bot.domain import Domain
from bot.effects import SOON
from bot.errors import Refusal
from bot.incidents.access import may_see, visible
from bot.incidents.carried import alert_again, carry_over, hold_alerts, release_alerts
from bot.incidents.declare import set_timers
from bot.incidents.events import IncidentClosed, IncidentReopened, IncidentResolved, SeverityChanged
from bot.incidents.model import Incident, IncidentStatus
from bot.incidents.telling import tell_all
from bot.incidents.withhold import withhold
from bot.people import Actor, require
from bot.ports import Tx
from bot.runbook.model import Procedure, Severity
from bot.runs.budgets import follow
from bot.runs.checklist.counting import open_items
from bot.runs.checklist.layout import pages
from bot.runs.model import Run, RunState
from bot.runs.start import finish, records_of, show_cards
from bot.text import listing, plural, say, shorten

NOTE_LIMIT = 3000
"""Characters of a note that are kept."""


def run_of(tx: Tx, incident: Incident) -> Run:
    """The incident's run."""
    run = tx.runs.get(incident.run_id)
    assert run
    return run


def may_conduct(domain: Domain, tx: Tx, actor: Actor, number: int) -> Incident:
    """The incident, when the actor may see and change it; a Refusal otherwise."""
    return conducted(domain, tx, actor, number, closed=True)[0]


def incident_here(domain: Domain, tx: Tx, actor: Actor) -> Incident:
    """The incident of the channel in which the actor is, when they may conduct it; a Refusal otherwise."""
    found = tx.incidents.find(channel=actor.place, order="-id", limit=1)
    if not found or not may_see(domain, tx, actor, found[0]):
        raise Refusal(say("Messages can be saved as notes only in an incident channel."))
    return may_conduct(domain, tx, actor, found[0].id)


def conducted(domain: Domain, tx: Tx, actor: Actor, number: int, *, closed: bool = False) -> tuple[Incident, Run]:
    """The incident with its run, when the actor may change it: also a `closed` one, when that is allowed."""
    incident = visible(domain, tx, actor, number)
    run = run_of(tx, incident)
    require(actor, "respond", domain.runbook, say("change an incident"))
    if incident.status is IncidentStatus.CLOSED and not closed:
        raise Refusal(say("Incident {id} is closed. Use /incident reopen first.", id=incident.id))
    return incident, run


def note(domain: Domain, tx: Tx, actor: Actor, number: int, text: str) -> Incident:
    """Write a note into the timeline."""
    incident, run = conducted(domain, tx, actor, number, closed=True)
    if not text.strip():
        raise Refusal(say("A note needs text: /incident note what you saw or did."))
    if len(text) > NOTE_LIMIT:
        raise Refusal(
            say(
                "This note has {count} characters, and a note holds {limit}. Nothing was saved: split it, or put it in "
                "the channel as a file.",
                count=f"{len(text):,}",
                limit=f"{NOTE_LIMIT:,}",
            )
        )
    tx.timeline.record("note.added", actor, run.id, text=text.strip())
    tx.cards.touch(run.id)
    if incident.responded_at is None:
        incident = tx.incidents.save(incident, responded_at=tx.now)
    return incident


def change_severity(domain: Domain, tx: Tx, actor: Actor, number: int, severity_id: str) -> Incident:
    """Change the severity: the checklist becomes that of the new procedure (what has the same id keeps its state)."""
    incident, run = conducted(domain, tx, actor, number)
    if severity_id == incident.severity:
        raise Refusal(say("Incident {id} is already {severity}.", id=incident.id, severity=severity_id))
    runbook = domain.runbook_of(tx, run)
    severity = next((each for each in runbook.severities if each.id == severity_id), None)
    if severity is None:
        known = listing([each.id for each in runbook.severities], most=20)
        raise Refusal(say("Incident {id} keeps the runbook it was declared under, which has {known}.",
                          id=incident.id, known=known))  # fmt: skip
    becomes_confidential = severity.confidential and not incident.confidential
    if (severity.channel.private or becomes_confidential) and not incident.private:
        raise Refusal(
            say(
                "A {severity} incident needs a private channel, and this one is public: its members would be able "
                "to read it. Declare a new one with /incident {severity}, then close this one as its duplicate: "
                "/incident merge {id} into the new number. Notes go along, members do not.",
                severity=severity_id,
                id=incident.id,
            )
        )
    if becomes_confidential and incident.channel is None:
        raise Refusal(say("Its private channel does not exist yet. Try again in a moment, or declare a new incident."))
    changed = tx.incidents.save(
        incident, severity=severity_id, confidential=severity.confidential or incident.confidential
    )
    tx.timeline.record("incident.severity", actor, run.id, old=incident.severity, new=severity_id)
    procedure = _change_checklist(domain, tx, run, changed, severity)
    before = runbook.severity(incident.severity)
    graver = severity.rank < before.rank or not set(severity.invite) <= set(before.invite)
    worse = changed.status is IncidentStatus.OPEN and graver
    if changed.status is not IncidentStatus.OPEN:
        hold_alerts(tx, run.id, procedure)
    elif worse:
        _call_more(domain, tx, changed, severity, procedure)
    said = {"old": incident.severity, "new": severity_id, "by": actor.user}
    tell_all(domain, tx, changed, "severity", said, severity)
    domain.publish(tx, SeverityChanged(changed, run, severity, procedure, worse))
    if becomes_confidential:
        withhold(domain, tx, changed)
    tx.wake("run", run.id)
    return changed


def _change_checklist(domain: Domain, tx: Tx, run: Run, incident: Incident, severity: Severity) -> Procedure:
    """The checklist, the cards and the clocks of the new severity in place of those before."""
    runbook = domain.runbook_of(tx, run)
    old, new = runbook.procedure(run.procedure), runbook.procedure(severity.procedure)
    run = tx.runs.save(run, procedure=new.id)
    carry_over(domain, tx, run, old, new)
    _deal_cards(tx, run, new.id, domain)
    _set_clocks(domain, tx, run, incident)
    return new


def _set_clocks(domain: Domain, tx: Tx, run: Run, incident: Incident) -> None:
    """The windows and the budget of the checklist; nothing runs while the incident is not open."""
    tx.timers.cancel(run.id, "phase", "budget")
    if incident.status is IncidentStatus.OPEN:
        set_timers(tx, incident, domain.procedure_of(tx, run))
        follow(domain, tx, run)


def _call_more(domain: Domain, tx: Tx, incident: Incident, severity: Severity, procedure: Procedure) -> None:
    """It got worse: who the worse severity calls is invited, and alerted again."""
    run_id = incident.run_id
    invited = {"roles": list(severity.invite), "users": []}
    tx.effects.plan("channel.invite", f"run:{run_id}:invite", invited, run_id=run_id, priority=SOON)
    alert_again(domain, tx, run_id, procedure)


def _deal_cards(tx: Tx, run: Run, procedure_id: str, domain: Domain) -> None:
    procedure = domain.runbook_of(tx, run).procedure(procedure_id)
    wanted = {page.key for page in pages(procedure) if page.stage == "main"}
    for card in tx.cards.find(run_id=run.id):
        tx.cards.save(card, state="live" if card.page in wanted else "retired")
    show_cards(tx, run, procedure, "main", channel=run.channel)
    tx.cards.touch(run.id)


def resolve(domain: Domain, tx: Tx, actor: Actor, number: int, summary: str) -> Incident:
    """The service works again. What is left of the checklist stays open until the incident is closed."""
    incident, run = conducted(domain, tx, actor, number)
    if incident.status is IncidentStatus.RESOLVED:
        raise Refusal(say("Incident {id} is already resolved. /incident close closes it.", id=incident.id))
    changed = tx.incidents.save(
        incident, status=IncidentStatus.RESOLVED, resolved_at=tx.now, summary=shorten(summary.strip(), 1000) or None
    )
    tx.timers.cancel(run.id)
    tx.timeline.record("incident.resolved", actor, run.id, summary=changed.summary)
    lasted = (tx.now - incident.declared_at).total_seconds()
    said = {"by": actor.user, "summary": changed.summary, "severity": incident.severity, "lasted": lasted}
    tell_all(domain, tx, changed, "resolved", said, _severity_of(domain, tx, run, changed))
    domain.publish(tx, IncidentResolved(changed))
    return changed


def close(domain: Domain, tx: Tx, actor: Actor, number: int) -> tuple[Incident, str]:
    """End the incident; returns what was left open, in words (empty = nothing)."""
    incident, run = conducted(domain, tx, actor, number)
    procedure = domain.procedure_of(tx, run)
    left = [step.text for step, _ in open_items(run, procedure, records_of(tx, run.id), "main")]
    resolved_at = incident.resolved_at or tx.now
    changed = tx.incidents.save(incident, status=IncidentStatus.CLOSED, closed_at=tx.now, resolved_at=resolved_at)
    finish(domain, tx, run, RunState.DONE, actor)
    tx.timeline.record("incident.closed", actor, run.id, left=left)
    said = {"by": actor.user, "left": len(left), "severity": incident.severity}
    tell_all(domain, tx, changed, "closed", said, _severity_of(domain, tx, run, changed))
    domain.publish(tx, IncidentClosed(changed))
    words = plural("{count} item was left open.", "{count} items were left open.", len(left)) if left else ""
    return changed, words


def reopen(domain: Domain, tx: Tx, actor: Actor, number: int) -> Incident:
    """It is not over: open again, with the timers that still lie ahead, and people are called again."""
    incident, run = conducted(domain, tx, actor, number, closed=True)
    if incident.status is IncidentStatus.OPEN:
        raise Refusal(say("Incident {id} is open.", id=incident.id))
    return begin_again(domain, tx, actor, incident, run)


def begin_again(domain: Domain, tx: Tx, actor: Actor, incident: Incident, run: Run, why: str = "") -> Incident:
    """Open an incident again that is resolved or closed; `why` is what was found."""
    changed = tx.incidents.save(
        incident, status=IncidentStatus.OPEN, resolved_at=None, closed_at=None, merged_into=None,
        acknowledged_at=None, acknowledged_by=None,
    )  # fmt: skip
    if run.state.ended:
        run = tx.runs.save(run, state=RunState.ACTIVE, ended_at=None)
    _set_clocks(domain, tx, run, changed)
    alert_again(domain, tx, run.id, domain.procedure_of(tx, run))
    release_alerts(tx, run.id)
    tx.timeline.record("incident.reopened", actor, run.id, why=why)
    said = {"by": actor.user, "severity": changed.severity, "why": why}
    tell_all(domain, tx, changed, "reopened", said, _severity_of(domain, tx, run, changed))
    domain.publish(tx, IncidentReopened(changed))
    tx.wake("run", run.id)
    return changed


def _severity_of(domain: Domain, tx: Tx, run: Run, incident: Incident) -> Severity:
    return domain.runbook_of(tx, run).severity(incident.severity)
