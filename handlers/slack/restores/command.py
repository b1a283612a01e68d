"""`/rollback database`: asking for a restore, choosing what, approving it."""

from collections.abc import Callable

from bot.errors import Refusal
from bot.office import Office
from bot.people import Actor
from bot.ports import Tx
from bot.restores import decide
from bot.restores.decide import Wanted
from bot.restores.request import request_restore
from bot.runs.start import records_of
from bot.text import say
from handlers.slack.blocks.elements import Block
from handlers.slack.interaction.context import Door
from handlers.slack.interaction.references import RunRef
from handlers.slack.interaction.requests import Click, Form, Order, Reply
from handlers.slack.interaction.transactions import look
from handlers.slack.parsing.text import tidy
from handlers.slack.restores.card import approve_form, choose_form


async def ask_restore(door: Door, order: Order) -> Reply:
    """Open a restore that waits for its requester's choice and for somebody else's approval."""
    run = await door.desk.once(order.identity, request_restore, order.actor, order.channel)
    if run is None:
        return Reply()
    words = say(
        "🗄️ *{title}* (run {id}): looking at the backups. Choose on its card; nothing is restored before somebody else "
        "has approved it.",
        title=run.title,
        id=run.id,
    )
    return Reply(words)


async def open_choice(door: Door, click: Click) -> Reply:
    """Open the form in which the requester chooses."""
    return Reply(modal=await look(door, click, RunRef, _choice_form))


async def open_approval(door: Door, click: Click) -> Reply:
    """Open the form in which another person approves."""
    return Reply(modal=await look(door, click, RunRef, _approval_form))


def _choice_form(office: Office, tx: Tx, actor: Actor, ref: RunRef) -> Block:
    run = decide.may_choose(office, tx, actor, ref.run_id)
    whole = {int(each["backup"]) for each in decide.found_backups(tx, run) if each["whole"]}
    recovery = any(record.detail.get("recovery") for record in records_of(tx, run.id).values())
    if not whole and not recovery:
        raise Refusal(say("There is nothing to restore: no dump is as it was proven, and recovery is not available."))
    return choose_form(office.runbook_of(tx, run), run, whole, recovery=recovery)


def _approval_form(office: Office, tx: Tx, actor: Actor, ref: RunRef) -> Block:
    run, _, choice = decide.may_approve(office, tx, actor, ref.run_id)
    return approve_form(office.runbook_of(tx, run), run, choice)


async def chosen(door: Door, form: Form) -> Reply:
    """The requester's choice comes back."""
    run_id, fields = int(form.about), form.fields
    wanted = Wanted(int(fields["backup"]), tidy(fields.get("moment") or ""), fields["target"], tidy(fields["typed"]))
    return await _traced(door, form, run_id, lambda office, tx, actor: decide.choose(office, tx, actor, run_id, wanted))


async def approved(door: Door, form: Form) -> Reply:
    """The second person's approval comes back."""
    number, _, shown = form.about.partition("|")
    run_id, typed = int(number), tidy(form.fields["typed"])
    return await _traced(
        door, form, run_id, lambda office, tx, actor: decide.approve(office, tx, actor, run_id, shown, typed)
    )


async def _traced(door: Door, form: Form, run_id: int, deed: "Deed") -> Reply:
    """One transaction for the form. A refused one is undone whole."""
    try:
        await door.desk.once(form.order.identity, deed, form.order.actor)
    except Refusal as refusal:
        refusal.about = run_id
        raise
    return Reply()


Deed = Callable[[Office, Tx, Actor], object]
