"""Delivers `deploy.look`, `deploy.start`, and the same of rollbacks: asks the outside, decides in one transaction."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from bot.delivery import Deliver, Delivered, Undelivered
from bot.deploys.approval.approve import doubted, looked, start
from bot.deploys.approval.approvers import deciders
from bot.deploys.commits.facts import look
from bot.deploys.rollbacks import confirmation, confirmers
from bot.deploys.schema.drift import look_ahead
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import HOURS, Effect
from bot.people.presence import Presence
from bot.ports import Tx
from bot.production.inputs.deploy import Facts
from bot.production.inputs.rollback import Ahead
from bot.runs.model import Run
from bot.tools import Tools

Decision = Callable[[Domain, Tx, int, Facts], None]
Who = Callable[[Run], Iterable[str]]
"""The users on whose word a run starts."""
Doubt = Callable[[Domain, Tx, int, Mapping[str, str]], str]
"""What is made of Slack's not saying who is still there: why it is put off, or empty when it goes on all the same."""


def deploy_deliverers(transactions: Transactions, tools: Tools, presence: Presence) -> dict[str, Deliver]:
    """The deliverers of all four kinds. What starts something asks first whether those who decided are still there."""
    asked = partial(_after_asking, transactions, presence)
    return {
        "deploy.look": _deliverer(transactions, tools, looked),
        "deploy.start": asked(deciders, doubted, _deliverer(transactions, tools, start)),
        "rollback.look": asked(confirmers.emergency_of, confirmers.doubted,
                               _rollback_deliverer(transactions, tools, confirmation.looked)),
        "rollback.start": asked(confirmers.deciders, confirmers.doubted,
                                _rollback_deliverer(transactions, tools, confirmation.start_rollback)),
    }  # fmt: skip


def _after_asking(transactions: Transactions, presence: Presence, who: Who, doubt: Doubt, then: Deliver) -> Deliver:
    """The deliverer, once it is known of everybody on whose word it acts whether they are still there."""

    async def deliver(effect: Effect) -> Delivered:
        assert effect.run_id, "an effect of a run has its run"
        run_id = effect.run_id
        users = await transactions.read(lambda tx: [user for run in [tx.runs.get(run_id)] if run for user in who(run)])
        doubts = await presence.doubts(users)
        if doubts and (why := await transactions.do(doubt, run_id, doubts)):
            raise Undelivered(why, patience=HOURS)
        return await then(effect)

    return deliver


def _deliverer(transactions: Transactions, tools: Tools, decide: Decision) -> Deliver:
    async def deliver(effect: Effect) -> Delivered:
        run = await transactions.read(lambda tx: tx.runs.get(effect.run_id))
        assert run, "an effect of a run has its run"
        facts = await look(tools, await transactions.look(lambda domain, tx: domain.runbook_of(tx, run)), run)
        return Delivered(then=lambda domain, tx: decide(domain, tx, run.id, facts))

    return deliver


def _rollback_deliverer(
    transactions: Transactions, tools: Tools, decide: Callable[[Domain, Tx, int, Ahead], object]
) -> Deliver:
    async def deliver(effect: Effect) -> Delivered:
        assert effect.run_id, "an effect of a run has its run"
        run_id = effect.run_id
        runbook, choice, listed = await transactions.look(confirmation.what_to_compare, run_id)
        ahead = await look_ahead(tools, runbook, choice, listed)
        return Delivered(then=lambda domain, tx: decide(domain, tx, run_id, ahead))

    return deliver
