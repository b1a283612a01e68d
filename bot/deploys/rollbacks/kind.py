"""Rollbacks, as a kind of run."""

from collections.abc import Mapping, Sequence

from bot.deploys.request import Asked, request_rollback
from bot.domain import Domain
from bot.people import Actor
from bot.ports import Tx
from bot.production.ending import LAST_LOOK
from bot.production.inputs.rollback import RollbackInputs
from bot.runbook.steps import AnyStep
from bot.runs import kind
from bot.runs.kind import Decision, Kind
from bot.runs.model import Run, StepRecord, StepState
from bot.text import say


def to_start(run: Run, steps: Sequence[AnyStep], records: Mapping[str, StepRecord]) -> Decision | None:
    """Its listings when they failed, then the confirmation of where it goes back to."""
    inputs = RollbackInputs.of(run)
    if inputs.confirmed:
        return None
    listings = [records[step.id].state for step in steps if step.lists_deployments]
    if listings and all(state is StepState.FAILED for state in listings):
        return Decision(say("look up the deployments again"), ROLLBACK.work)
    second = inputs.second_person and not inputs.emergency
    what = say("confirm the promotion") if inputs.unpins else say("confirm the rollback")
    return Decision(what, ROLLBACK.approve, not_by_requester=second)


def counts(step: AnyStep, stage: str) -> bool:
    """The listings before a rollback are what its card shows, not items."""
    return not (step.lists_deployments and stage == "before")


def expired() -> str:
    """Nobody decided about it in time."""
    return say("nobody confirmed it in time")


def ask(domain: Domain, tx: Tx, actor: Actor, asked: kind.Asked) -> Run:
    """A rollback of everything, asked for by an item."""
    return request_rollback(domain, tx, actor, Asked("all", asked.place, drill=asked.drill, parent=asked.parent))


ROLLBACK = Kind(
    "rollback", RollbackInputs, request=("rollback",), approve=("rollback",), work=("rollback", "respond"),
    cancel="rollback", production=True, goes_back=True, ask=ask, to_start=to_start, counts=counts, expired=expired,
    last_look=LAST_LOOK,
)  # fmt: skip
