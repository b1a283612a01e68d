"""When a run that waits is called off: every one has a timer, whatever becomes of its approval."""

from bot.domain import Domain
from bot.ports import Tx
from bot.runs.model import Run, RunState
from bot.runs.start import finish
from bot.text import say

REQUEST = "request"


def expires_later(domain: Domain, tx: Tx, run: Run) -> None:
    """Give people the runbook's time (from now on) to decide about a waiting run."""
    expires_at = tx.now + domain.runbook_of(tx, run).deploys.approval_expires
    tx.timers.set(REQUEST, REQUEST, expires_at, run.id)


def expired(domain: Domain, tx: Tx, run_id: int) -> Run | None:
    """Call a run off that nobody approved in time, and return it. One that is approved and held waits on."""
    run = tx.runs.get(run_id)
    if run is None or run.state is not RunState.WAITING:
        return None
    if run.approved_by:
        expires_later(domain, tx, run)
        return None
    why = run.kind.expired() if run.kind.expired else say("nobody approved it in time")
    return finish(domain, tx, run, RunState.CANCELLED, why=why)
