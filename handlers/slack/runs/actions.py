"""Clicks on the steps and gates of a run, and on the run itself."""

from collections.abc import Callable

from bot import delivery
from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents.access import may_see_outputs
from bot.people import Actor, require
from bot.ports import Tx
from bot.runs import stopping
from bot.runs.checklist import items
from bot.runs.checklist.items import GateRef, StepRef
from bot.runs.checklist.nested import start_from_step
from bot.text import say
from handlers.slack.blocks.references import RunRef
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Reply
from handlers.slack.interaction.transactions import about, about_run, decide, existing


def _start(domain: Domain, tx: Tx, actor: Actor, ref: StepRef) -> object:
    """Start the procedure that an item names."""
    item = items.find_item(domain, tx, ref.run_id, ref.step_id)
    items.may_work(domain, tx, actor, item.run)
    items.check_fresh(ref, item.record)
    return start_from_step(domain, tx, actor, item.run, ref.step_id)


def _answering(choice: str) -> Callable[[Domain, Tx, Actor, GateRef], object]:
    return lambda domain, tx, actor, ref: items.answer_gate(domain, tx, actor, ref, choice)


def _revive(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> object:
    existing(tx, run_id)
    require(actor, "respond", domain.runbook, say("try it again"))
    return delivery.revive(domain, tx, run_id)


async def post_output(context: Context, click: Click) -> Reply:
    """Post a step's whole output into the thread of its card."""

    def operation(domain: Domain, tx: Tx, actor: Actor, ref: StepRef) -> object:
        item = items.find_item(domain, tx, ref.run_id, ref.step_id)
        may_see_outputs(domain, tx, actor, item.run)
        if not item.record.output:
            raise Refusal(say("This step has no output."))
        return _post_file(tx, click, "file", ref.run_id, {"path": item.record.output, "title": item.step.text})

    await decide(context, click, StepRef, operation)
    return Reply()


async def post_log(context: Context, click: Click) -> Reply:
    """Post all that the run's steps printed into the thread of its card."""

    def operation(domain: Domain, tx: Tx, actor: Actor, ref: RunRef) -> object:
        run = existing(tx, ref.run_id)
        may_see_outputs(domain, tx, actor, run)
        return _post_file(tx, click, "log", run.id, {"title": say("Full log of run {id}", id=run.id)})

    await decide(context, click, RunRef, operation)
    return Reply()


def _post_file(tx: Tx, click: Click, kind: str, run_id: int, what: dict[str, str]) -> object:
    payload = {"channel": click.request.channel, "ts": click.message_ts, **what}
    return tx.effects.plan(kind, f"run:{run_id}:file", payload, run_id=run_id)


async def follow_link(context: Context, click: Click) -> Reply:
    """What only opens an address."""
    return Reply()


tick, untick, run_step = about(StepRef, items.tick), about(StepRef, items.untick), about(StepRef, items.run_step)
start = about(StepRef, _start)
retry, done = about(GateRef, _answering("retry")), about(GateRef, _answering("done"))
again, abort = about(GateRef, _answering("again")), about(GateRef, _answering("abort"))
cancel, revive = about_run(stopping.cancel), about_run(_revive)
