"""Restores, as a kind of run."""

from collections.abc import Mapping, Sequence

from bot.domain import Domain
from bot.people import Actor
from bot.ports import Tx
from bot.production.ending import LAST_LOOK
from bot.restores.decide import no_longer
from bot.restores.model import RestoreInputs
from bot.restores.request import request_restore
from bot.runbook.steps import AnyStep
from bot.runs.kind import Asked, Decision, Kind
from bot.runs.model import Run, StepRecord
from bot.text import say


def to_start(run: Run, steps: Sequence[AnyStep], records: Mapping[str, StepRecord]) -> Decision | None:
    """Its requester chooses, then somebody else approves."""
    chosen = RestoreInputs.of(run).restore is not None
    words = say("approve the restore") if chosen else say("choose what is restored")
    return Decision(words, RESTORE.approve, not_by_requester=chosen)


def ask(domain: Domain, tx: Tx, actor: Actor, asked: Asked) -> Run:
    """A restore, asked for by an item."""
    return request_restore(domain, tx, actor, asked.place, drill=asked.drill, parent=asked.parent)


RESTORE = Kind(
    "restore", RestoreInputs, request=("restore",), approve=("restore",), work=("restore",), cancel="restore",
    production=True, ask=ask, to_start=to_start, no_longer=no_longer, last_look=LAST_LOOK,
)  # fmt: skip
