"""Who may know of an incident and of the runs that belong to it: the one place that decides it.

A confidential incident is its members' alone. What others may not know of is to them as if it did not exist: the same
words, whatever they ask and press.
"""

from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents.model import Incident
from bot.people import Actor, require_one
from bot.ports import Tx
from bot.runs.model import Run
from bot.text import say


def may_see(domain: Domain, tx: Tx, actor: Actor, incident: Incident) -> bool:
    """Whether the actor may know of the incident.

    The roles that a confidential severity invites count as members. Once it is changed to an open severity, only who is
    a member already does: what was said in confidence stays so.
    """
    return not incident.confidential or is_member(actor, incident) or _is_invited(domain, tx, actor, incident)


def is_member(actor: Actor, incident: Incident) -> bool:
    """Whether the actor is in the incident's channel: as we were told, or as Slack shows by what they do there."""
    return actor.user in incident.members or (
        incident.private and actor.place != "" and actor.place == incident.channel
    )


def _is_invited(domain: Domain, tx: Tx, actor: Actor, incident: Incident) -> bool:
    run = tx.runs.get(incident.run_id)
    assert run, "an incident has its run"
    found = (each for each in domain.runbook_of(tx, run).severities if each.id == incident.severity)
    severity = next(found, None)
    return severity is not None and severity.confidential and bool(actor.roles & set(severity.invite))


def no_incident(number: int) -> Refusal:
    """What is said of an incident that is not there, or not there for the one who asks."""
    return Refusal(say("There is no incident {number}.", number=number))


def visible(domain: Domain, tx: Tx, actor: Actor, number: int) -> Incident:
    """The incident with this number; the same Refusal when there is none and when it is not the actor's to see."""
    incident = tx.incidents.get(number)
    if incident is None or not may_see(domain, tx, actor, incident):
        raise no_incident(number)
    return incident


def may_see_run(domain: Domain, tx: Tx, actor: Actor, run: Run | None) -> bool:
    """Whether the actor may know of the run; there is nothing to hide of one that is not there."""
    incident = secret_of(tx, run) if run else None
    return incident is None or may_see(domain, tx, actor, incident)


def may_see_outputs(domain: Domain, tx: Tx, actor: Actor, run: Run) -> None:
    """Raise a Refusal unless the actor may have the run's outputs posted, also when it has ended."""
    permissions = dict.fromkeys((*run.kind.work, "respond"))
    require_one(actor, tuple(permissions), domain.runbook, say("read step output"))
    if secret_of(tx, run) and actor.place != run.channel:
        raise Refusal(say("Output of a confidential incident is posted in its own channel only."))


def secret_of(tx: Tx, run: Run) -> Incident | None:
    """The confidential incident whose run this is, or one of whose items started it; None for all others."""
    if run.kind.production:  # it holds production: everybody may know of it
        return None
    return belongs_to_secret(tx, run)


def belongs_to_secret(tx: Tx, run: Run) -> Incident | None:
    """The confidential incident that the run came out of, whatever its kind: what must not be named beside it."""
    start: Run | None = run
    while start is not None and not start.kind.led:
        start = tx.runs.get(start.parent_run) if start.parent_run else None
    found = tx.incidents.find(run_id=start.id) if start else []
    return next((each for each in found if each.confidential), None)


def page_words(tx: Tx, run_id: int | None) -> str | None:
    """What a pager is sent of a run: pagers are other firms' systems, which no confidential title reaches."""
    run = tx.runs.get(run_id) if run_id else None
    secret = secret_of(tx, run) if run else None
    return say("Incident {id}: see Slack", id=secret.id) if secret else run.title if run else None
