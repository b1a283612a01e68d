"""A rollback from an incident's card: which service, then its own card, which asks before anything happens."""

from bot.deploys.rollbacks.incident_item import rollback_of
from bot.domain import Domain
from bot.incidents.access import visible
from bot.people import Actor, require
from bot.ports import Tx
from bot.production.changes import changes_since
from bot.runbook.model import Runbook
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, context, modal, option, select_input
from handlers.slack.blocks.references import IncidentRef, read_as
from handlers.slack.cards.view import RECENT
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply
from handlers.slack.interaction.transactions import look


async def open_which(context: Context, click: Click) -> Reply:
    """Ask what is rolled back: what changed of late stands first."""
    return Reply(modal=await look(context, click, IncidentRef, _which))


def _which(domain: Domain, tx: Tx, actor: Actor, ref: IncidentRef) -> Block:
    require(actor, "rollback", domain.runbook, say("roll back"))
    changed = dict.fromkeys(change.service for change in changes_since(tx, tx.now - RECENT))
    return which_form(domain.runbook, ref.number, list(changed))


def which_form(runbook: Runbook, number: int, changed: list[str]) -> Block:
    """The services to choose from; the one that changed is chosen already."""
    services = [option(service.title, service.id) for service in runbook.services]
    every = [option(say("Everything"), "all")] if len(services) > 1 else []
    first = next((each for each in services if [each["value"]] == changed), (every or services)[0])
    blocks = [
        select_input(say("What to roll back"), "target", [*services, *every], first),
        context(say("The next card shows where it goes back to. Nothing happens until it is confirmed there.")),
    ]
    return modal(say("Roll back"), ids.INCIDENT_ROLL_BACK, blocks, submit=say("Continue"), about=IncidentRef(number))


async def start(context: Context, form: Form) -> Reply:
    """Ask for the rollback, as the incident's."""
    number, request = read_as(IncidentRef, form.about).number, form.request
    await context.transactions.once(request.identity, _start, request.actor, number, form.fields["target"])
    return Reply()


def _start(domain: Domain, tx: Tx, actor: Actor, number: int, target: str) -> object:
    return rollback_of(domain, tx, actor, visible(domain, tx, actor, number), target)
