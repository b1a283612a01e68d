"""What is said when the window of a phase ends: what is open, who could do it, *Snooze* and *Not applicable*."""

from datetime import datetime, timedelta

from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents.roles import leader_of
from bot.incidents.windows import PhaseRef, not_applicable, open_in, snooze
from bot.people import Actor
from bot.ports import Tx
from bot.text import listing, plural, say, shorten, side_by_side, span
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import (
    Block,
    Message,
    actions,
    button,
    choices_input,
    escape,
    modal,
    option,
    section,
    text_input,
    user,
    when,
)
from handlers.slack.blocks.references import read_as
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply
from handlers.slack.interaction.transactions import decide, look
from handlers.slack.interaction.visibility import seen
from handlers.slack.messaging.template import Scene, Template

SHOWN = 10
"""Items that are named; Slack's limit of boxes in one field too."""


def _people(domain: Domain, tx: Tx, scene: Scene) -> str:
    """Who could do what is open: who leads, and who may work on it."""
    runbook, run = domain.runbook_of(tx, scene.the_run), scene.the_run
    roles = {role for permission in run.kind.work for role in runbook.permissions.get(permission, ())}
    names = [escape(domain.team.people[key].name) for key in domain.team.holders(sorted(roles))]
    leads = leader_of(runbook, scene.the_incident) if scene.incident else None
    return listing([*([user(leads)] if leads else []), *names], most=4)


def _due(scene: Scene) -> Message:
    left: list[str] = scene.data["open"]
    count = plural("{count} item is still open", "{count} items are still open", len(left))
    first = say("⏰ *{phase}: time is up, and {count}*", phase=escape(scene.data["phase"]), count=count)
    lines = [f"• {escape(item)}" for item in left[:SHOWN]]
    more = [say("…and {count} more", count=len(left) - SHOWN)] if left[SHOWN:] else []
    who = [say("Who could do it: {people}", people=scene.found)] if scene.found else []
    text = "\n".join([side_by_side(first, _late(scene)), *lines, *more, *who])
    return Message(text, [section(text), *_buttons(scene)])


def _late(scene: Scene) -> str:
    late = timedelta(seconds=scene.data.get("late", 0))
    return say("(NeonOps was away: this is {time} late)", time=span(late)) if late >= timedelta(minutes=1) else ""


def _buttons(scene: Scene) -> list[Block]:
    if "phase_id" not in scene.data:  # planned by an earlier version
        return []
    ref = PhaseRef(scene.the_run.id, scene.data["phase_id"])
    return [actions(button(say("Snooze"), ids.PHASE_SNOOZE, ref),
                    button(say("Not applicable…"), ids.PHASE_UNNEEDED, ref))]  # fmt: skip


def _snoozed(scene: Scene) -> str:
    until = datetime.fromisoformat(scene.data["until"])
    return say("💤 {who} put the reminder off until {time}.", who=user(scene.data["by"]), time=when(until))


async def snooze_clicked(context: Context, click: Click) -> Reply:
    """Be reminded later."""
    again = await decide(context, click, PhaseRef, snooze)
    return Reply(say("💤 You will be reminded again at {time}.", time=when(again)) if again else "")


async def open_unneeded(context: Context, click: Click) -> Reply:
    """Open the form that says what is not needed, and why."""
    return Reply(modal=await look(context, click, PhaseRef, _unneeded))


def _unneeded(domain: Domain, tx: Tx, actor: Actor, ref: PhaseRef) -> Block:
    left = [(step.id, step.text) for step, _ in open_in(domain, tx, ref)]
    if not left:
        raise Refusal(say("Nothing of this phase is open any more."))
    return unneeded_form(ref, left)


def unneeded_form(ref: PhaseRef, left: list[tuple[str, str]]) -> Block:
    """What of a phase is not needed. `left`: id and text of what is open."""
    options = [option(shorten(text, 75), name) for name, text in left[:SHOWN]]
    blocks = [
        choices_input(say("What is not needed?"), "items", options, options),
        text_input(say("Reason"), "reason", multiline=True, limit=500),
    ]
    return modal(say("Not applicable"), ids.PHASE_UNNEEDED, blocks, submit=say("Skip them"), about=ref)


async def unneeded(context: Context, form: Form) -> Reply:
    """Skip what is not needed."""
    ref, fields = read_as(PhaseRef, form.about), form.fields
    names, identity = fields["items"].split(","), form.request.identity
    await context.transactions.once(identity, _skip_seen, form.request.actor, ref, names, fields["reason"])
    return Reply()


def _skip_seen(domain: Domain, tx: Tx, actor: Actor, ref: PhaseRef, names: list[str], reason: str) -> None:
    not_applicable(domain, tx, actor, seen(domain, tx, actor, ref), names, reason)


MESSAGES = {
    "timer.phase": Template(_due, _people, reminds=True),
    "reminder.snoozed": Template(_snoozed),
}
