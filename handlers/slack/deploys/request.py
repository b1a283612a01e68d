"""Requesting a deploy: by command, or by its form."""

from bot.deploys.request import Asked, request_deploy
from bot.runbook.model import Runbook
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, escape, modal, option, select_input, text_input
from handlers.slack.blocks.references import ChannelRef, read_as
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply, Request
from handlers.slack.parsing.text import visible


async def ask_deploy(context: Context, request: Request, asked: Asked) -> Reply:
    """Ask for a deploy, and say what comes next."""
    run = await context.transactions.once(request.identity, request_deploy, request.actor, asked)
    if run is None:
        return Reply()
    return Reply(
        say(
            "🚀 *{title}* (run {id}) is waiting for its checklist and an approval; see its card.",
            title=escape(run.title),
            id=run.id,
        )
    )


def deploy_form(runbook: Runbook, channel: str) -> Block:
    """What to deploy, from where."""
    services = [option(say("Everything"), "all"), *(option(service.title, service.id) for service in runbook.services)]
    blocks = [
        select_input(say("What to deploy"), "target", services, services[0]),
        text_input(say("Branch, tag or commit"), "ref", limit=200, initial="main"),
    ]
    title, about = say("Deploy to production"), ChannelRef(channel)
    return modal(title, ids.DEPLOY_REQUEST, blocks, submit=say("Request deploy"), about=about)


async def open_request(context: Context, click: Click) -> Reply:
    """Open the form that asks for a deploy."""
    return Reply(modal=deploy_form(context.runbook, context.transactions.domain.team.channels.get("devops", "")))


async def request(context: Context, form: Form) -> Reply:
    """Ask for the deploy that the form says."""
    opened = read_as(ChannelRef, form.about).channel
    place = opened or context.transactions.domain.team.channels.get("devops") or form.request.actor.user
    ref = visible(form.fields["ref"]).strip()
    return await ask_deploy(context, form.request, Asked(form.fields["target"], place, ref=ref))
