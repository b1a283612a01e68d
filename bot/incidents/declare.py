"""Declaring an incident: one transaction that makes its run, its channel's intent, its timers and its announcement."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from bot.domain import Domain
from bot.effects import FIRST, LATER, SOON, Effect
from bot.effects.outgoing import READERS
from bot.errors import Refusal
from bot.incidents.channel_names import channel_name, free_name
from bot.incidents.events import IncidentDeclared
from bot.incidents.model import Incident, IncidentStatus
from bot.incidents.telling import announce
from bot.people import ROBOT, Actor
from bot.ports import Tx
from bot.runbook.model import Procedure, Severity
from bot.runs.model import Card, Run, RunState, StepState
from bot.runs.start import create_run, show_cards
from bot.text import listing, say, shorten, span
from bot.text.legible import one_line

TITLE_LIMIT = 150
AT_ONCE, WITHIN = 3, timedelta(minutes=10)
"""Incidents that somebody without a role may declare within a time: people are woken by each."""


@dataclass(frozen=True)
class Declaration:
    """What a person asks for."""

    severity: str
    title: str
    drill: bool = False
    place: str | None = None
    """The channel in which it was asked for."""


def declare(domain: Domain, tx: Tx, actor: Actor, asked: Declaration) -> Incident:
    """Declare an incident. Any member of the workspace may; who holds no role, a few in a short time."""
    _check_allowance(tx, actor)
    severity = next((each for each in domain.runbook.severities if each.id == asked.severity), None)
    if severity is None:
        raise Refusal(say("The runbook no longer has severity {id}. Declare the incident again.", id=asked.severity))
    title = clean_title(asked.title)
    procedure = domain.runbook.procedure(severity.procedure)
    run = create_run(domain, tx, procedure, _draft(domain, tx, actor, procedure, title, drill=asked.drill))
    incident = _add_incident(domain, tx, actor, severity, run)
    said = {"severity": severity.id, "title": title, "channel": incident.channel_name, "drill": asked.drill}
    tx.timeline.record("incident.declared", actor, run.id, incident=incident.id, **said)
    show_cards(tx, run, procedure, "main", channel=None)
    _open_channel(tx, run, procedure, incident, severity)
    set_timers(tx, incident, procedure)
    domain.publish(tx, IncidentDeclared(incident, run, severity, procedure))
    return incident


def _check_allowance(tx: Tx, actor: Actor) -> None:
    recent = tx.incidents.find(declared_by=actor.user, order="-id", limit=AT_ONCE)
    if actor.roles or len(recent) < AT_ONCE or recent[-1].declared_at <= tx.now - WITHIN:
        return
    sentence = say(
        "Nothing was declared: you have declared {count} incidents within {time} ({numbers}). Post in one of "
        "their channels; people with a role can declare more.",
        count=AT_ONCE,
        time=span(WITHIN),
        numbers=listing([str(each.id) for each in reversed(recent)]),
    )
    raise Refusal(sentence)


def clean_title(text: str) -> str:
    """One line, without control characters, at most TITLE_LIMIT characters; a Refusal when nothing is left."""
    # Emoji are joined by what cannot be printed by itself.
    title = " ".join("".join(c if c.isprintable() or c == "\u200d" else " " for c in one_line(text)).split())
    if not title:
        raise Refusal(say("An incident needs a title: a few words on what is wrong, without patient data."))
    return shorten(title, TITLE_LIMIT)


def _draft(domain: Domain, tx: Tx, actor: Actor, procedure: Procedure, title: str, *, drill: bool) -> Run:
    return Run(
        0,
        procedure.id,
        domain.kinds["incident"],
        RunState.ACTIVE,
        "",
        title,
        actor.user,
        tx.now,
        drill=drill,
        started_at=tx.now,
    )


def _add_incident(domain: Domain, tx: Tx, actor: Actor, severity: Severity, run: Run) -> Incident:
    """The incident, whose channel may be named by its number: a name of its own until that is known."""
    draft = Incident(
        0, run.id, severity.id, run.title, IncidentStatus.OPEN, actor.user, tx.now, f"run-{run.id}",
        private=severity.channel.private, confidential=severity.confidential, drill=run.drill, members=(actor.user,),
    )  # fmt: skip
    added = tx.incidents.add(draft)
    name = channel_name(severity.channel, added, tx.now.astimezone(domain.zone))
    return tx.incidents.save(added, channel_name=free_name(tx, name))


def _open_channel(tx: Tx, run: Run, procedure: Procedure, incident: Incident, severity: Severity) -> None:
    """Plan the way to the first card (create, then card, with the invitation beside it), then the decoration."""
    step = next((step for _, step in procedure.steps() if step.creates_channel), None)
    record = tx.steps.get(run.id, step.id) if step else None
    if record:
        tx.steps.save(record, state=StepState.STARTED, attempt=1, started_at=tx.now)
    create = tx.effects.plan(
        "channel.create", f"run:{run.id}:channel", {}, run_id=run.id, step_id=step.id if step else None, priority=FIRST
    )
    user = incident.declared_by
    invited = {"roles": list(severity.invite), "users": [user], "asked_by": user}
    tx.effects.plan("channel.invite", f"run:{run.id}:invite", invited, run_id=run.id, after=create.seq, priority=SOON)
    tx.effects.plan("channel.topic", f"run:{run.id}:topic", {}, run_id=run.id, after=create.seq, priority=LATER)
    if severity.announce and not severity.confidential and not run.drill:
        announce(tx, run.id, "incident.declared", {"severity": severity.id}, create.seq)


def set_timers(tx: Tx, incident: Incident, procedure: Procedure) -> None:
    """Timers for each phase's window that still lies ahead."""
    tx.timers.cancel(incident.run_id, "phase")
    due = {phase.id: phase.window.until for phase in procedure.phases if phase.window and phase.window.until}
    for key, delay in due.items():
        if incident.declared_at + delay > tx.now:
            tx.timers.set("phase", key, incident.declared_at + delay, incident.run_id)


def channel_opened(tx: Tx, run_id: int, channel: str, name: str) -> None:
    """Slack made the channel: the cards go there."""
    incident = tx.incidents.find(run_id=run_id)[0]
    run = tx.runs.get(run_id)
    assert run
    for other in tx.incidents.find(channel_name=name):
        # Its channel is not made yet: Slack gave the name to this one, because somebody else had ours.
        if other.id != incident.id:
            tx.incidents.save(other, channel_name=free_name(tx, incident.channel_name))
    tx.incidents.save(incident, channel=channel, channel_name=name)
    tx.runs.save(run, channel=channel)
    tx.timeline.record("channel.created", ROBOT, run_id, channel=channel, name=name)
    for card in tx.cards.find(run_id=run_id):
        _move(tx, card, channel)
    tx.cards.touch(run_id)


def _move(tx: Tx, card: Card, channel: str) -> None:
    """Have the card stand in the channel; where it was shown before the channel could be made, it says where it is."""
    if card.ts:
        left = {"channel": card.channel, "ts": card.ts}
        tx.effects.plan("card.moved", f"card:{card.id}:moved", left, run_id=card.run_id, priority=LATER)
    tx.cards.save(card, channel=channel, ts=None, op_id=uuid.uuid4().hex, attempts=0)


def without_channel(domain: Domain, tx: Tx, effect: Effect) -> None:
    """The channel cannot be made (now): what does not need it goes where somebody sees it, the checklist first."""
    incident = tx.incidents.find(run_id=effect.run_id)[0]
    shared = None if incident.confidential or incident.private else domain.team.channels.get("incidents")
    place = shared or incident.declared_by
    for card in tx.cards.find(run_id=incident.run_id):
        tx.cards.save(card, channel=place)
    messages = tx.effects.find(run_id=incident.run_id, after=effect.seq, kind=tuple(READERS), state="pending")
    for follower in messages:
        tx.effects.save(follower, after=None)
        tx.wake("target", follower.target)
    tx.cards.touch(incident.run_id)
