"""The form that skips a step."""

from collections.abc import Sequence

from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor
from bot.ports import Tx
from bot.runs.checklist import items
from bot.runs.checklist.items import StepRef
from bot.runs.model import StepState
from bot.runs.plan import current_stage
from bot.runs.start import records_of
from bot.text import say, shorten
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, escape, modal, option, section, select_input, text_input
from handlers.slack.blocks.references import RunRef, read_as, read_ref, write_ref
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply
from handlers.slack.interaction.transactions import look
from handlers.slack.interaction.visibility import seen


async def open_skip(context: Context, click: Click) -> Reply:
    """Open the form in which an item is chosen (or is given) and its reason is written."""
    if isinstance(read_ref(click.value), StepRef):
        return Reply(modal=await look(context, click, StepRef, _skip_form))
    return Reply(modal=await look(context, click, RunRef, _skip_form))


def _skip_form(domain: Domain, tx: Tx, actor: Actor, ref: StepRef | RunRef) -> Block:
    run = tx.runs.get(ref.run_id)
    if run is None:
        raise Refusal(say("This item no longer exists."))
    items.may_work(domain, tx, actor, run)
    only = ref.step_id if isinstance(ref, StepRef) else None
    found = _skippable(domain, tx, run.id, only)
    return skip_form(run.id, found) if found else nothing_to_skip()


def _skippable(domain: Domain, tx: Tx, run_id: int, only: str | None) -> list[tuple[str, StepRef]]:
    """The items of the run's stage that are neither settled nor running."""
    run = tx.runs.get(run_id)
    assert run
    stages = ("main", "after") if run.kind.led else (current_stage(run),)
    texts = {step.id: step.text for phase, step in domain.procedure_of(tx, run).steps() if phase.stage in stages}
    records = [record for record in records_of(tx, run_id).values() if record.step_id in texts]
    left = [r for r in records if not r.state.settled and r.state is not StepState.STARTED]
    shown = [record for record in left if only in (None, record.step_id)]
    return [(texts[r.step_id], StepRef(run_id, r.step_id, r.decision)) for r in shown]


def skip_form(run_id: int, items: Sequence[tuple[str, StepRef]]) -> Block:
    """Which item is skipped, and why. `items`: text and reference of each."""
    options = [option(shorten(text, 75), write_ref(ref)) for text, ref in items]
    blocks = [
        select_input(say("Item"), "item", options, options[0] if len(options) == 1 else None),
        text_input(say("Reason"), "reason", multiline=True, limit=500),
    ]
    return modal(say("Skip an item"), ids.STEP_SKIP, blocks, submit=say("Skip"), about=RunRef(run_id))


def nothing_to_skip() -> Block:
    """Everything is settled already, or under way."""
    blocks = [section(escape(say("Nothing can be skipped now: every item is done, skipped or running.")))]
    return {"type": "modal", "callback_id": "none", "title": {"type": "plain_text", "text": say("Skip an item")},
            "close": {"type": "plain_text", "text": say("Close")}, "blocks": blocks}  # fmt: skip


async def skip(context: Context, form: Form) -> Reply:
    """Skip the chosen item."""
    ref = read_as(StepRef, form.fields["item"])
    await context.transactions.once(form.request.identity, _skip_seen, form.request.actor, ref, form.fields["reason"])
    return Reply()


def _skip_seen(domain: Domain, tx: Tx, actor: Actor, ref: StepRef, reason: str) -> object:
    return items.skip(domain, tx, actor, seen(domain, tx, actor, ref), reason)
