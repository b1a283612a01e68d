"""Undoing a rollback: the button, and the form that names what would go live again and what is known of it."""

from collections.abc import Sequence

from bot.deploys.rollbacks import undo
from bot.deploys.rollbacks.undo import Return
from bot.domain import Domain
from bot.people import Actor
from bot.ports import Tx
from bot.runs.model import Run
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, button, escape, modal, section, tick_input
from handlers.slack.blocks.references import RunRef, ShownRef, read_as
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply
from handlers.slack.interaction.transactions import look


def undo_button(run: Run) -> Block:
    """Opens the form that promotes what was live before a rollback."""
    return button(say("Undo…"), ids.RUN_UNDO, RunRef(run.id), about=run.title)


async def open_undo(context: Context, click: Click) -> Reply:
    """Open the form that names what an undo makes live again, and what is known of it."""
    return Reply(modal=await look(context, click, RunRef, _planned_form))


def _planned_form(domain: Domain, tx: Tx, actor: Actor, ref: RunRef) -> Block:
    plan = undo.plan_undo(domain, tx, actor, ref.run_id)
    return undo_form(ref.run_id, plan, undo.fingerprint(plan), second=domain.runbook.rollbacks.approval)


async def undo_rollback(context: Context, form: Form) -> Reply:
    """Undo the rollback that the form was about, as it was shown."""
    ref = read_as(ShownRef, form.about)
    await context.transactions.once(
        form.request.identity, undo.undo_rollback, form.request.actor, ref.run_id, ref.shown
    )
    return Reply()


def undo_form(run_id: int, plan: Sequence[Return], shown: str, *, second: bool = False) -> Block:
    """What would go live again in the place of what, what is known to be wrong with it, and the second confirmation.

    `second`: the runbook asks another person to confirm it on its card.
    """
    parts = [section("\n".join(_lines(each))) for each in plan]
    then = (
        say("Another person must confirm it on its card. Then it goes live, and production is unpinned.")
        if second
        else say("It goes live immediately, and production is unpinned.")
    )
    told = section(then)
    sure = tick_input(say("Are you sure?"), "sure", say("I have read this; make it live again"))
    return modal(
        say("Undo the rollback"),
        ids.RUN_UNDO,
        [*parts, told, sure],
        submit=say("Request undo") if second else say("Promote"),
        about=ShownRef(run_id, shown),
    )


def _lines(each: Return) -> list[str]:
    named = [
        f"*{escape(each.title)}*",
        say("Live now: `{name}`", name=escape(each.leaves_name)),
        say("Goes live again: `{name}`", name=escape(each.returns_name)),
    ]
    unknown = say("❔ No health record: no NeonOps run verified it.")
    return [*named, *([f"⚠️ {escape(words)}" for words in each.trouble] or [unknown])]
