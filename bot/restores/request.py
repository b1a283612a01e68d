"""Asking for a restore: a waiting run that shows what can be restored. Nothing happens before two people agreed."""

from bot.backups.records import kept
from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor, require_one
from bot.ports import Tx
from bot.restores.model import RestoreInputs, offered
from bot.runbook.model import Procedure, Runbook
from bot.runs.model import Gate, GateKind, Run, RunState
from bot.runs.start import create_run, show_cards
from bot.runs.waiting.expiry import expires_later
from bot.text import say

ENVIRONMENT = "production"
CANDIDATES = 10
"""The newest dumps that are offered."""


def request_restore(
    domain: Domain, tx: Tx, actor: Actor, place: str, *, drill: bool = False, parent: tuple[int, str] | None = None
) -> Run:
    """A restore that waits: for its requester to choose, and for somebody else to approve."""
    require_one(actor, domain.kinds["restore"].request, domain.runbook, say("restore the database"))
    procedure = _procedure(domain.runbook)
    parent_run, parent_step = parent or (None, None)
    dumps = tuple(offered(backup) for backup in kept(tx)[:CANDIDATES])
    draft = Run(
        0, procedure.id, domain.kinds["restore"], RunState.WAITING, domain.loaded.version, procedure.title, actor.user,
        tx.now, environment=None if drill else ENVIRONMENT, inputs=RestoreInputs(backups=dumps), channel=place,
        drill=drill, parent_run=parent_run, parent_step=parent_step,
    )  # fmt: skip
    run = create_run(domain, tx, procedure, draft)
    tx.gates.add(Gate(0, run.id, GateKind.START, tx.now))
    tx.timeline.record("run.requested", actor, run.id, title=run.title, targets=[], inputs={})
    show_cards(tx, run, procedure, "before", channel=run.channel)
    expires_later(domain, tx, run)
    return run


def _procedure(runbook: Runbook) -> Procedure:
    found = next((each for each in runbook.procedures if each.kind == "restore"), None)
    if found is None:
        raise Refusal(say("The runbook {name} has no {kind} procedure.", name=runbook.name, kind="restore"))
    return found
