"""Duplicates: two incidents about one thing become one; what was done and noted in the other is kept as references."""

from typing import Any

from bot.domain import Domain
from bot.effects import SOON
from bot.errors import Refusal
from bot.incidents.access import may_see
from bot.incidents.conduct import may_conduct, run_of
from bot.incidents.events import IncidentClosed, IncidentMerged
from bot.incidents.model import Incident, IncidentStatus
from bot.incidents.telling import announce, is_public, tell
from bot.people import Actor
from bot.ports import Tx
from bot.runs.model import RunState, StepState
from bot.runs.start import finish, records_of
from bot.text import say

NOTES_CARRIED = 100
"""Notes, newest first, that are named in the incident into which another is merged; its own timeline has them all."""


def merge(domain: Domain, tx: Tx, actor: Actor, number: int, into: int) -> tuple[Incident, Incident]:
    """Close an incident as the duplicate of another, which has its items done, notes and members as references."""
    duplicate, target = may_conduct(domain, tx, actor, number), may_conduct(domain, tx, actor, into)
    _check(domain, tx, actor, duplicate, target)
    carried = _carried(domain, tx, duplicate)
    tx.timeline.record("incident.merged", actor, target.run_id, merged=duplicate.id, title=duplicate.title, **carried)
    target = _let_in(tx, duplicate, target)
    closed = _close(domain, tx, actor, duplicate, target)
    said = {"by": actor.user, "number": duplicate.id, "title": duplicate.title, "done": carried["done"],
            "notes": len(carried["notes"])}  # fmt: skip
    tell(tx, target, "merged", said)
    domain.publish(tx, IncidentMerged(closed, target))
    domain.publish(tx, IncidentClosed(closed))
    return closed, target


def _check(domain: Domain, tx: Tx, actor: Actor, duplicate: Incident, target: Incident) -> None:
    if duplicate.id == target.id:
        raise Refusal(say("An incident cannot be merged into itself: /incident merge 7 into 5."))
    if duplicate.merged_into:
        into = tx.incidents.get(duplicate.merged_into)
        if into is None or not may_see(domain, tx, actor, into):
            raise Refusal(say("Incident {id} was merged into another already.", id=duplicate.id))
        raise Refusal(say("Incident {id} was merged into {into} already.", id=duplicate.id, into=into.id))
    for each in (duplicate, target):
        if each.status is IncidentStatus.CLOSED:
            raise Refusal(say("Incident {id} is closed. Use /incident reopen first.", id=each.id))
    if duplicate.drill != target.drill:
        raise Refusal(say("Nothing was merged: one of them is a drill, and the other is not."))
    if (duplicate.private and not target.private) or (duplicate.confidential and not target.confidential):
        raise Refusal(
            say(
                "Nothing was merged: what was said in incident {id} is not for everybody who reads incident {into}. "
                "Merge the other way: /incident merge {into} into {id}.",
                id=duplicate.id,
                into=target.id,
            )
        )


def _carried(domain: Domain, tx: Tx, duplicate: Incident) -> dict[str, Any]:
    """What was done and noted there, as references: the events' numbers, who, when, and the words."""
    run = run_of(tx, duplicate)
    records = records_of(tx, run.id)
    done = [
        step.text for _, step in domain.procedure_of(tx, run).steps()
        if step.id in records and records[step.id].state is StepState.DONE
    ]  # fmt: skip
    events = tx.timeline.of_run(run.id, limit=10 * NOTES_CARRIED)
    notes = [{"event": each.seq, "at": each.at.isoformat(), "by": each.actor, "text": each.data["text"]}
             for each in events if each.kind == "note.added"]  # fmt: skip
    return {"done": done, "notes": notes[-NOTES_CARRIED:], "members": list(duplicate.members)}


def _let_in(tx: Tx, duplicate: Incident, target: Incident) -> Incident:
    """Whoever was in the duplicate's channel is invited; into a confidential incident people are let in by hand."""
    coming = [user for user in duplicate.members if user not in target.members]
    if not coming or (target.confidential and not duplicate.confidential):
        return target
    run_id = target.run_id
    invited = {"roles": [], "users": coming}
    tx.effects.plan("channel.invite", f"run:{run_id}:invite", invited, run_id=run_id, priority=SOON)
    return tx.incidents.save(target, members=(*target.members, *coming))


def _close(domain: Domain, tx: Tx, actor: Actor, duplicate: Incident, target: Incident) -> Incident:
    run = run_of(tx, duplicate)
    closed = tx.incidents.save(
        duplicate, status=IncidentStatus.CLOSED, closed_at=tx.now, resolved_at=duplicate.resolved_at or tx.now,
        merged_into=target.id,
    )  # fmt: skip
    finish(domain, tx, run, RunState.DONE, actor)
    # What is confidential is not named where others read.
    into = target.id if duplicate.confidential or not target.confidential else None
    tx.timeline.record("incident.duplicate", actor, run.id, into=into)
    said = {"by": actor.user, "severity": duplicate.severity, "into": into}
    tell(tx, closed, "duplicate", said)
    if is_public(tx, closed, domain.runbook_of(tx, run).severity(closed.severity)):
        announce(tx, run.id, "announce.duplicate", said)
    return closed
