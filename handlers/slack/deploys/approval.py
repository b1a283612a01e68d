"""What a deploy that waits is told: approved, checked again, a gate overridden."""

from collections.abc import Sequence

from bot.deploys.approval import approve as approval
from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor, require
from bot.ports import Tx
from bot.production.inputs.deploy import DeployInputs, Gate
from bot.runs.waiting.gates import waiting
from bot.text import say, shorten
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, modal, option, select_input, text_input
from handlers.slack.blocks.references import CommitRef, OverrideRef, RunRef, read_as
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply
from handlers.slack.interaction.transactions import about, about_run, look


def _approve(domain: Domain, tx: Tx, actor: Actor, ref: CommitRef) -> object:
    """Approve the commit that the card showed when it was clicked."""
    return approval.approve(domain, tx, actor, ref.run_id, ref.sha)


async def open_override(context: Context, click: Click) -> Reply:
    """Open the form in which a failed gate is chosen and the reason is written."""
    return Reply(modal=await look(context, click, RunRef, _override_form))


def _override_form(domain: Domain, tx: Tx, actor: Actor, ref: RunRef) -> Block:
    run, _ = waiting(tx, ref.run_id, "deploy")
    require(actor, "override", domain.runbook, say("override a gate"))
    failed = [gate for gate in DeployInputs.of(run).failed if gate.overridable]
    if not failed:
        raise Refusal(say("No failed gate can be overridden."))
    return override_form(run.id, failed)


def override_form(run_id: int, failed: Sequence[Gate]) -> Block:
    """Which gate is passed, and why: for what stands in the way now."""
    options = [option(shorten(gate.why, 75), gate.id) for gate in failed]
    ref = OverrideRef(run_id, tuple(gate.fingerprint for gate in failed))
    blocks = [
        select_input(say("Blocked by"), "gate", options, options[0]),
        text_input(say("Reason for override"), "reason", multiline=True, limit=300, hint=say("Everybody sees this.")),
    ]
    return modal(say("Override a gate"), ids.GATE_OVERRIDE, blocks, submit=say("Override"), about=ref)


async def override(context: Context, form: Form) -> Reply:
    """Override the chosen gate."""
    ref, gate, why = read_as(OverrideRef, form.about), form.fields["gate"], form.fields["reason"]
    asked = (form.request.actor, ref.run_id, gate, why, ref.shown)
    await context.transactions.once(form.request.identity, approval.override, *asked)
    return Reply()


approve = about(CommitRef, _approve)
check_again = about_run(approval.check_again)
