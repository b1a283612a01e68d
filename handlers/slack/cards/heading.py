"""The top of every card: what it is, how far it is, and what could not be done."""

from bot.incidents.model import Incident, IncidentStatus
from bot.people import ROBOT
from bot.runbook.model import Runbook
from bot.runs.model import Run, RunState
from bot.text import say, span
from handlers.slack.blocks.elements import (
    DATE,
    Block,
    context,
    escape,
    header,
    user,
    when,
)
from handlers.slack.cards.drawing import Drawing
from handlers.slack.cards.view import CardView

STATES = {
    RunState.WAITING: ("🟡", "waiting to start"),
    RunState.ACTIVE: ("🔵", "running"),
    RunState.DONE: ("🟢", "done"),
    RunState.FAILED: ("🔴", "failed"),
    RunState.ABORTED: ("🔴", "aborted"),
    RunState.CANCELLED: ("⚪", "cancelled"),
}


def heading(view: CardView) -> list[Block]:
    """Header and facts; a card that is not the first of its stage has only a header."""
    title = header(title_words(view))
    if not view.first:
        return [title]
    return [title, context(*_facts(view)), *_open_to_commands(view)]


def _open_to_commands(view: CardView) -> list[Block]:
    if not view.open_to_commands:
        return []
    words = say(
        "⚠️ *Commands are not isolated from NeonOps*: what they run (including what a build installs) can read "
        "its tokens and change its database. `neonops doctor` says why and how to fix it."
    )
    return [context(words)]


def next_line(view: CardView) -> list[Block]:
    """The next decision, and who may take it."""
    words = view.next()
    return [context(f"🧭 {escape(words)}")] if words else []


def title_words(view: CardView) -> str:
    """The card's title, in plain words."""
    if view.incident:
        return incident_title(view.incident, view)
    return f"{view.drawing.icon} {drill(view.run)}{view.run.title}{_stage_words(view.drawing, view.page.stage)}"


def _stage_words(drawing: Drawing, stage: str) -> str:
    """Which of a run's cards it is; nothing for the main one."""
    titled = {"before": drawing.before, "after": drawing.after}.get(stage)
    return f": {titled()}" if titled else ""


def incident_title(incident: Incident, view: CardView) -> str:
    sign = status_sign(incident, view.runbook)
    return f"{sign} {drill(view.run)}{incident.severity.upper()} · {incident.title}"


def status_sign(incident: Incident, runbook: Runbook) -> str:
    """How bad it is while it is open; then that it is over."""
    over = {IncidentStatus.RESOLVED: "✅", IncidentStatus.CLOSED: "🏁"}
    return over.get(incident.status) or runbook.severity(incident.severity).emoji


def drill(run: Run) -> str:
    """The mark of a drill, on everything that it shows."""
    return say("DRILL") + " · " if run.drill else ""


def _facts(view: CardView) -> list[str]:
    progress = say("*{done} of {count}* items done", done=view.count.settled, count=view.count.items)
    facts = _incident_facts(view, view.incident) if view.incident else _run_facts(view)
    return [*facts, progress] if view.count.items else facts


def _incident_facts(view: CardView, incident: Incident) -> list[str]:
    severity = view.runbook.severity(incident.severity)
    roles = "  ·  ".join(f"{role}: {user(holder)}" for role, holder in incident.roles.items())
    declared = say("declared by {who} {time}", who=user(incident.declared_by), time=when(incident.declared_at))
    response = say("respond within {time}", time=span(severity.response))
    facts = [f"*{_status_words(incident)}*", f"#{incident.id} {declared}", escape(severity.impact), response]
    return [*facts, roles] if roles else facts


def _status_words(incident: Incident) -> str:
    return {"open": say("Open"), "resolved": say("Resolved"), "closed": say("Closed")}[str(incident.status)]


def _run_facts(view: CardView) -> list[str]:
    run = view.run
    icon, words = STATES[run.state]
    facts = [
        f"{icon} *{say(words)}*{_ended_words(run)}",
        say("run {id}, requested by {who}", id=run.id, who=user(run.requested_by)),
    ]
    if run.approved_by:
        facts.append(say("approved by {who}", who=user(run.approved_by)))
    if run.started_at:
        facts.append(say("since {time}", time=when(run.started_at, DATE)) if not run.ended_at
                     else say("took {time}", time=span(run.ended_at - run.started_at)))  # fmt: skip
    return facts


def _ended_words(run: Run) -> str:
    """Who called a run off or aborted it, and why it was called off."""
    how = run.inputs.ended if run.state in (RunState.CANCELLED, RunState.ABORTED) else None
    if not how:
        return ""
    who = (run.inputs.stop or how).by
    by = " " + say("by {who}", who=user(who)) if who != ROBOT.user else ""
    return by + (": " + escape(how.why) if how.why and run.state is RunState.CANCELLED else "")


def heading_words(view: CardView) -> str:
    """The heading for a screen reader, escaped."""
    state = _status_words(view.incident) if view.incident else say(STATES[view.run.state][1])
    count = f", {view.count.words}" if view.count.items else ""
    words = f"{escape(title_words(view))} - {state}{count}"
    coming = "" if view.incident else view.next()
    return f"{words}\n{escape(coming)}" if coming else words
