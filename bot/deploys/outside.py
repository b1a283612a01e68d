"""Delivers `deploy.look` and `deploy.start`: asks the outside, then decides in one transaction."""

from collections.abc import Callable

from bot.delivery import Deliver, Delivered
from bot.deploys.approve import looked, start
from bot.deploys.facts import Facts, look
from bot.desk import Desk
from bot.effects import Effect
from bot.office import Office
from bot.ports import Tx
from bot.tools import Tools

Decision = Callable[[Office, Tx, int, Facts], None]


def deploy_deliverers(desk: Desk, tools: Tools) -> dict[str, Deliver]:
    """The deliverers of both kinds."""
    return {"deploy.look": _deliverer(desk, tools, looked), "deploy.start": _deliverer(desk, tools, start)}


def _deliverer(desk: Desk, tools: Tools, decide: Decision) -> Deliver:
    async def deliver(effect: Effect) -> Delivered:
        run = await desk.read(lambda tx: tx.runs.get(effect.run_id))
        assert run, "an effect of a run has its run"
        facts = await look(tools, desk.office.runbook, run)
        return Delivered(then=lambda office, tx: decide(office, tx, run.id, facts))

    return deliver
