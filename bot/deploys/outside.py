"""Delivers `deploy.look`, `deploy.start`, and the same of rollbacks: asks the outside, decides in one transaction."""

from collections.abc import Callable

from bot.delivery import Deliver, Delivered
from bot.deploys import confirm
from bot.deploys.ahead import Ahead, look_ahead
from bot.deploys.approve import looked, start
from bot.deploys.facts import Facts, look
from bot.desk import Desk
from bot.effects import Effect
from bot.office import Office
from bot.ports import Tx
from bot.tools import Tools

Decision = Callable[[Office, Tx, int, Facts], None]


def deploy_deliverers(desk: Desk, tools: Tools) -> dict[str, Deliver]:
    """The deliverers of all four kinds."""
    return {
        "deploy.look": _deliverer(desk, tools, looked),
        "deploy.start": _deliverer(desk, tools, start),
        "rollback.look": _rollback_deliverer(desk, tools, confirm.looked),
        "rollback.start": _rollback_deliverer(desk, tools, confirm.start_rollback),
    }


def _deliverer(desk: Desk, tools: Tools, decide: Decision) -> Deliver:
    async def deliver(effect: Effect) -> Delivered:
        run = await desk.read(lambda tx: tx.runs.get(effect.run_id))
        assert run, "an effect of a run has its run"
        facts = await look(tools, desk.office.runbook, run)
        return Delivered(then=lambda office, tx: decide(office, tx, run.id, facts))

    return deliver


def _rollback_deliverer(desk: Desk, tools: Tools, decide: Callable[[Office, Tx, int, Ahead], object]) -> Deliver:
    async def deliver(effect: Effect) -> Delivered:
        assert effect.run_id, "an effect of a run has its run"
        run_id = effect.run_id
        choice, listed = await desk.read(lambda tx: confirm.what_to_compare(tx, run_id))
        ahead = await look_ahead(tools, desk.office.runbook, choice, listed)
        return Delivered(then=lambda office, tx: decide(office, tx, run_id, ahead))

    return deliver
