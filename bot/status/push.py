"""Pages at other providers: each update that customers were told is sent there too, in order, once."""

from collections.abc import Awaitable, Mapping

from bot.delivery import Deliver, Delivered, Undelivered
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import AWAY, HOURS, Effect
from bot.errors import Ambiguous, Broken, Denied, Limited, Unreachable
from bot.incidents.model import Incident
from bot.integrations.instatus.client import Instatus
from bot.integrations.status_post import StatusPost
from bot.integrations.statuspage.own_page import Statuspage
from bot.ports import Tx
from bot.runbook.sections.public import Push
from bot.status import page
from bot.status.incidents import shown_incident
from bot.status.look import as_shown, read_page
from bot.status.publish import public_of
from bot.text import say
from bot.tools import Tools
from bot.updates.look import is_for_customers

PUSH, WITHDRAW = "status.push", "status.withdraw"
CLIENTS: Mapping[str, type[Statuspage] | type[Instatus]] = {"statuspage": Statuspage, "instatus": Instatus}


def pushes(domain: Domain) -> tuple[Push, ...]:
    """Where the runbook has updates sent."""
    return domain.runbook.status_page.push if domain.runbook.status_page else ()


def plan_push(domain: Domain, tx: Tx, incident: Incident) -> None:
    """Plan to send what customers read newest of the incident; once, however often it is asked for."""
    public = public_of(tx, incident)
    if not public or not is_for_customers(incident):
        return
    shown = as_shown(domain, tx, public, incident)
    for each in pushes(domain):
        if tx.claims.claim(f"status:{each.provider}:{shown.updates[0].id}"):
            payload = {"provider": each.provider, "incident": incident.id, "update": shown.updates[0].id}
            tx.effects.plan(PUSH, f"status:{each.provider}", payload, run_id=incident.run_id)


def plan_withdrawal(domain: Domain, tx: Tx, incident: Incident) -> None:
    """Plan to take back what was sent of an incident that is not public any more."""
    if public_of(tx, incident):
        for each in pushes(domain):
            payload = {"provider": each.provider, "incident": incident.id}
            tx.effects.plan(WITHDRAW, f"status:{each.provider}", payload, run_id=incident.run_id)


def push_deliverers(transactions: Transactions, tools: Tools) -> dict[str, Deliver]:
    """The deliverers of what other providers are told."""

    async def push(effect: Effect) -> Delivered:
        post = await transactions.look(post_of, effect)
        if post is None:
            return Delivered({"skipped": say("it is not public any more")})
        return await _asked(_client(tools, effect).tell(post))

    async def withdraw(effect: Effect) -> Delivered:
        return await _asked(_client(tools, effect).withdraw(await transactions.look(withdrawn, effect)))

    return {PUSH: push, WITHDRAW: withdraw}


def _client(tools: Tools, effect: Effect) -> Statuspage | Instatus:
    return tools.client(CLIENTS[effect.payload["provider"]])


async def _asked(work: Awaitable[None]) -> Delivered:
    """Done, or to be tried again: what may have been done is looked for there first."""
    try:
        await work
    except Denied as denied:
        raise Undelivered(denied.sentence, patience=AWAY) from denied
    except Limited as limited:
        raise Undelivered(limited.sentence, limited.retry_after, HOURS) from limited
    except (Ambiguous, Broken, Unreachable) as failed:
        raise Undelivered(failed.sentence, patience=HOURS) from failed
    return Delivered()


def post_of(domain: Domain, tx: Tx, effect: Effect) -> StatusPost | None:
    """The update as it is sent; None when it is not for customers (any more), or nothing is sent there."""
    shown, incident = read_page(domain, tx), tx.incidents.get(effect.payload["incident"])
    public = incident and public_of(tx, incident)
    found = next((each for each in shown.incidents if public and each.id == public.public_id), None)
    update = next((each for each in found.updates if each.id == effect.payload["update"]), None) if found else None
    provider = _provider(domain, effect)
    return _post(shown, found, update, provider) if found and update and provider else None


def withdrawn(domain: Domain, tx: Tx, effect: Effect) -> StatusPost:
    """The incident as it was sent: what finds it there."""
    incident = tx.incidents.get(effect.payload["incident"])
    assert incident
    public = public_of(tx, incident)
    assert public
    shown = shown_incident(domain.runbook, public, incident, ())
    return _post(read_page(domain, tx), shown, shown.updates[0], Push(provider=effect.payload["provider"]))


def _provider(domain: Domain, effect: Effect) -> Push | None:
    return next((each for each in pushes(domain) if each.provider == effect.payload["provider"]), None)


def _post(shown: page.Page, incident: page.Incident, update: page.Update, provider: Push) -> StatusPost:
    services = [found for each in incident.services if (found := shown.named(each))]
    return StatusPost(
        update.id,
        incident.id,
        incident.name.text,
        update.status,
        incident.impact,
        update.body.text,
        incident.started_at,
        {provider.components[each.id]: each.status for each in services if each.id in provider.components},
        provider.notify_subscribers,
    )
