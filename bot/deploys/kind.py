"""Deploys, as a kind of run."""

from collections.abc import Mapping, Sequence

from bot.deploys.request import Asked, request_deploy
from bot.deploys.rollbacks.abort import stopped
from bot.domain import Domain
from bot.people import Actor
from bot.ports import Tx
from bot.production.ending import LAST_LOOK
from bot.production.inputs.deploy import DeployInputs
from bot.runbook.steps import AnyStep
from bot.runs import kind
from bot.runs.kind import Decision, Kind
from bot.runs.model import Run, StepRecord
from bot.text import plural, say


def to_start(run: Run, steps: Sequence[AnyStep], records: Mapping[str, StepRecord]) -> Decision | None:
    """Its checklist, then what stands in the way, then the approval by somebody else."""
    left = [step for step in steps if step.required and not records[step.id].state.settled]
    if left and not run.approved_by:
        what = plural("complete the checklist ({count} item open)", "complete the checklist ({count} items open)",
                      len(left))  # fmt: skip
        return Decision(what, DEPLOY.work)
    if failed := DeployInputs.of(run).failed:
        may = any(gate.overridable for gate in failed)
        return Decision(say("clear what blocks it, or override it"), ("override",)) if may else None
    return None if run.approved_by else Decision(say("approve"), DEPLOY.approve, not_by_requester=True)


def ask(domain: Domain, tx: Tx, actor: Actor, asked: kind.Asked) -> Run:
    """A deploy of everything, asked for by an item."""
    return request_deploy(domain, tx, actor, Asked("all", asked.place, drill=asked.drill, parent=asked.parent))


DEPLOY = Kind(
    "deploy", DeployInputs, request=("deploy",), approve=("approve",), work=("deploy", "respond"), production=True,
    builds=True, ask=ask, to_start=to_start, last_look=LAST_LOOK, stopped=stopped,
)  # fmt: skip
