"""Emergency rollbacks: one question, asked by the command or by the button of a rollback that waits."""

from bot.deploys.request import Asked, names, services
from bot.deploys.rollbacks import emergency
from bot.deploys.rollbacks.emergency import check_emergency
from bot.domain import Domain
from bot.people import Actor
from bot.ports import Tx
from bot.runs.waiting.gates import waiting
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, escape, modal, section, text_input
from handlers.slack.blocks.references import RunRef, TargetRef, read_ref
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply, Request
from handlers.slack.interaction.targets import check_target
from handlers.slack.interaction.transactions import look
from handlers.slack.parsing.text import first_word
from handlers.slack.rollbacks.arguments import check_reason


def ask_emergency(context: Context, request: Request, text: str) -> Reply:
    """One question, then it goes back by itself: `/rollback all --emergency checkout is down`."""
    check_emergency(context.transactions.domain, request.actor)
    word, reason = first_word(text)
    target = word or "all"
    check_target(context, "/rollback", target, [])
    check_reason(reason, [service.id for service in context.runbook.services])
    what = names(context.runbook, services(context.runbook, target))
    return Reply(modal=emergency_form(what, TargetRef(target, request.channel), reason))


async def open_emergency(context: Context, click: Click) -> Reply:
    """Open the form that makes a waiting rollback an emergency."""
    return Reply(modal=await look(context, click, RunRef, _waiting_form))


def _waiting_form(domain: Domain, tx: Tx, actor: Actor, ref: RunRef) -> Block:
    check_emergency(domain, actor)
    run, _ = waiting(tx, ref.run_id, "rollback")
    return emergency_form(run.title, RunRef(run.id))


def emergency_form(what: str, about: RunRef | TargetRef, reason: str = "") -> Block:
    """The one question before an emergency rollback, of a run that waits or of a new one."""
    warning = say(
        "*{what}* goes back to the recommended (or chosen) deployment as soon as it is known: without another "
        "person's approval, without pre-rollback checks, even if the database schema is ahead of it. Everybody is "
        "told.",
        what=escape(what),
    )
    fields = [section(warning), text_input(say("Reason"), "reason", multiline=True, limit=300, initial=reason)]
    return modal(say("Emergency rollback"), ids.ROLLBACK_EMERGENCY, fields, submit=say("Roll back now"), about=about)


async def start_emergency(context: Context, form: Form) -> Reply:
    """Start an emergency rollback: of a run that waits, or a new one."""
    identity, actor, why = form.request.identity, form.request.actor, form.fields["reason"]
    match read_ref(form.about, RunRef, TargetRef):
        case RunRef(run_id):
            await context.transactions.once(identity, emergency.declare_emergency, actor, run_id, why)
        case TargetRef(target, channel):
            await context.transactions.once(identity, emergency.request_emergency, actor, Asked(target, channel), why)
    return Reply()
