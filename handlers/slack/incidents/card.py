"""The card of an incident: what somebody who was just woken has to know and do, on one screen of a phone."""

from bot.escalation.model import LevelState
from bot.incidents.model import Incident, IncidentStatus
from bot.incidents.roles import leader_of, wanted_roles
from bot.runbook.sections.incidents import leading_role
from bot.runbook.steps import AnyStep
from bot.runs.checklist.layout import Section, sections_of
from bot.runs.model import StepRecord, StepState
from bot.runs.start import open_required
from bot.text import choice, say, shorten, side_by_side, span
from handlers.slack.blocks import ids
from handlers.slack.blocks.acknowledge import acknowledge_button
from handlers.slack.blocks.elements import (
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    button,
    confirm,
    context,
    escape,
    header,
    section,
    user,
    when,
)
from handlers.slack.blocks.references import IncidentRef, ItemsRef
from handlers.slack.cards.heading import drill, heading_words, status_sign
from handlers.slack.cards.items import item_buttons, touchable
from handlers.slack.cards.notices import names_of_alerted, notices
from handlers.slack.cards.view import CardView, item_words, mark
from handlers.slack.cards.windows import due_at
from handlers.slack.incidents.found import found_lines

NEXT = 2
"""Items that are shown with their buttons; the list has them all."""
TITLE_SHOWN = 70
"""Characters of the title: two lines of a phone."""


def incident_card(view: CardView) -> Message:
    """The one card of an incident's checklist."""
    assert view.incident
    incident = view.incident
    blocks = [
        header(_title(view, incident)),
        section("\n".join(_facts(view, incident))),
        *_first_buttons(view, incident),
        *_next(view),
        context("\n".join(found_lines(view))),
        *notices(view),
        actions(_every_item(view), *last_buttons(view, incident)),
    ]
    return Message(_words(view), blocks)


def _title(view: CardView, incident: Incident) -> str:
    sign, title = status_sign(incident, view.runbook), shorten(incident.title, TITLE_SHOWN)
    return f"{sign} {drill(view.run)}{incident.severity.upper()} · #{incident.id} · {title}"


def _facts(view: CardView, incident: Incident) -> list[str]:
    """Since when, who leads, and what is expected of whom by when."""
    return [
        f"{_since(incident)}  ·  👤 {_lead(view, incident)}",
        *_expected(view, incident),
        *_unreached(view, incident),
    ]


def _since(incident: Incident) -> str:
    status, at = {
        IncidentStatus.OPEN: (say("Open"), incident.declared_at),
        IncidentStatus.RESOLVED: (say("Resolved"), incident.resolved_at),
        IncidentStatus.CLOSED: (say("Closed"), incident.closed_at),
    }[incident.status]
    return side_by_side(f"*{status}*", when(at or incident.declared_at, "{ago}"))


def _lead(view: CardView, incident: Incident) -> str:
    """Who leads, and who has another role."""
    leads, lead = leader_of(view.runbook, incident), leading_role(view.runbook.incident_roles).id
    roles = [f"{role}: {user(holder)}" for role, holder in incident.roles.items() if role != lead]
    wanted = [say("🔎 {role} wanted", role=role.id) for role in wanted_roles(view.runbook, incident) if role.id != lead]
    return side_by_side(user(leads) if leads else say("*nobody leads yet*"), *roles, *wanted, by="  ·  ")


def _expected(view: CardView, incident: Incident) -> list[str]:
    if incident.status is not IncidentStatus.OPEN:
        return []
    if incident.acknowledged_at:
        took = span(incident.acknowledged_at - incident.declared_at)
        taken = say("🙋 Acknowledged by {who} after {time}", who=user(incident.acknowledged_by), time=took)
        return [side_by_side(taken, *_update_due(view), by="  ·  ")]
    waiting = next((each.level for each in view.levels if each.level.due_at), None)
    due = incident.declared_at + view.runbook.severity(incident.severity).response
    people = names_of_alerted(view)
    who = choice(people, most=2) if people else say("Somebody")
    if waiting and waiting.due_at:
        return [say("⏰ *Not acknowledged yet*: {who} by {time}, then {level}", who=escape(who),
                    time=when(waiting.due_at), level=escape(waiting.title))]  # fmt: skip
    if due <= view.now:
        return [say("⏰ *Not acknowledged*: {who} should have been on it by {time}", who=escape(who), time=when(due))]
    return [say("⏰ *Not acknowledged yet*: {who} by {time}", who=escape(who), time=when(due))]


def _unreached(view: CardView, incident: Incident) -> list[str]:
    """Which levels were called in vain, while nobody is on it."""
    if incident.acknowledged_at or incident.status is not IncidentStatus.OPEN:
        return []
    gone = [each.level for each in view.levels if each.level.state is LevelState.UNREACHED]
    return [say("⚠️ Nobody of level {level} ({name}) was reached", level=each.level, name=escape(each.title))
            for each in gone]  # fmt: skip


def _update_due(view: CardView) -> list[str]:
    if view.update_due is None:
        return []
    time = when(view.update_due)
    late = view.update_due <= view.now
    return [say("📣 *update overdue* {time}", time=time) if late else say("📣 update due {time}", time=time)]


def _first_buttons(view: CardView, incident: Incident) -> list[Block]:
    """What is done first: take it, roll back, tell."""
    if incident.status is not IncidentStatus.OPEN:
        return []
    ref = IncidentRef(incident.id)
    take = [] if incident.acknowledged_at else [acknowledge_button(incident.id)]
    back = [button(say("Roll back…"), ids.INCIDENT_ROLL_BACK, ref)] if _can_roll_back(view) else []
    return [actions(*take, *back, button(say("Update…"), ids.INCIDENT_UPDATE, ref))]


def _can_roll_back(view: CardView) -> bool:
    return bool(view.runbook.services) and any(each.kind == "rollback" for each in view.runbook.procedures)


def _next(view: CardView) -> list[Block]:
    """The next items with what can be done with each, under the title of their phase."""
    left = next_items(view) if touchable(view) else []
    if not left:
        return [context(_count(view))]
    rows = [_row(view, step, record) for _, step, record in left]
    return [context(_phase_line(view, left[0][0])), *rows]


def next_items(view: CardView) -> list[tuple[Section, AnyStep, StepRecord]]:
    """The first items that wait for a person."""
    every = ((part, step, view.records[step.id]) for part in sections(view) for step in part.steps)
    waits = [each for each in every if not _settled_or_busy(each[2])]
    return waits[:NEXT]


def _settled_or_busy(record: StepRecord) -> bool:
    return record.state.settled or record.state is StepState.STARTED or record.asked_by is not None


def sections(view: CardView) -> tuple[Section, ...]:
    """The phases of the whole checklist."""
    return sections_of(view.procedure, view.page.stage, view.run.targets)


def _phase_line(view: CardView, part: Section) -> str:
    count = _count(view)
    title, due = f"*{escape(part.phase.title)}*", due_at(view, part.phase)
    if due is None:
        return f"{title}  ·  {count}"
    late = due <= view.now
    time = when(due)
    return side_by_side(title, say("overdue {time}", time=time) if late else say("due {time}", time=time), count,
                        by="  ·  ")  # fmt: skip


def _count(view: CardView) -> str:
    return say("{done} of {count} done", done=view.count.settled, count=view.count.items)


def _row(view: CardView, step: AnyStep, record: StepRecord) -> Block:
    buttons = item_buttons(view, step, record)
    runs = [each for each in buttons if each["action_id"] == ids.STEP_RUN and record.attempt == 0]
    name = f"i.{step.id}.{record.decision}.{record.attempt}.{record.state}"
    return section(f"{mark(record)} {escape(shorten(step.text, 120))}", (runs or buttons)[0], block_id=name)


def _every_item(view: CardView) -> Block:
    words = say("All {count} items", count=view.count.items)
    return button(words, ids.INCIDENT_ITEMS, ItemsRef(view.run.id, 0))


def last_buttons(view: CardView, incident: Incident) -> list[Block]:
    """To note something, and to end it or take that back."""
    ref = IncidentRef(incident.id)
    note = button(say("Add a note"), ids.INCIDENT_NOTE, ref)
    match incident.status:
        case IncidentStatus.OPEN:
            return [note, button(say("Resolve…"), ids.INCIDENT_RESOLVE, ref)]
        case IncidentStatus.RESOLVED:
            return [note, _close(view, ref), _reopen(ref)]
        case _:
            return [note, _reopen(ref)]


def _close(view: CardView, ref: IncidentRef) -> Block:
    """Close it; while something required is open, a form asks what becomes of that."""
    if open_required(view.procedure, view.run, view.records, "main"):
        return button(say("Close…"), ids.INCIDENT_CLOSE, ref)
    sure = confirm(say("Close it?"), say("The checklist is locked. /incident reopen opens it again."), say("Close"))
    return button(say("Close"), ids.INCIDENT_CLOSE, ref, style="primary", sure=sure)


def _reopen(ref: IncidentRef) -> Block:
    words = say("It is open again, and people are called again.")
    sure = confirm(say("Reopen it?"), words, say("Reopen"), danger=False)
    return button(say("Reopen"), ids.INCIDENT_REOPEN, ref, sure=sure)


def _words(view: CardView) -> str:
    """All of it for a screen reader: every item too."""
    lines = [heading_words(view)]
    for part in sections(view):
        lines.append(escape(part.phase.title) + ":")
        lines += [item_words(step, view.records[step.id]) for step in part.steps]
    return shorten("\n".join(lines), TEXT_LIMIT)
