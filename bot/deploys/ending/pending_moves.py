"""Requests to move production that had no outcome when their run ended: looked at for about an hour more.

Traffic may move after a run was aborted. What is seen then is written and told like anything else that is live.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.delivery import Deliver, Delivered
from bot.deploys.ending.rollback_lock import lock_after_rollback
from bot.domain import Domain
from bot.domain.messages import tell
from bot.domain.transactions import Transactions
from bot.effects import LATER, Effect, Timer
from bot.ports import Tx
from bot.production.commits import commit_of
from bot.production.ending import note
from bot.production.observation import Seen, look_at_production
from bot.production.periods import LATE, Wanted, moved, moved_since, periods_of, wanted_of
from bot.runbook.model import Runbook
from bot.runs.model import Run
from bot.runs.start import records_of
from bot.text import listing, say
from bot.tools import Tools

PAUSES = tuple(timedelta(seconds=each) for each in (15, 30, 60, 120, 300, 600, 900, 1800))
_OPEN = ("running", "unseen", "")
"""What Vercel says of a request that may still move traffic; empty when it could not be asked."""


def begin(domain: Domain, tx: Tx, run: Run) -> None:
    """A run has ended: set the timer of the first look, when a request of it has no outcome yet."""
    if _pending(domain, tx, run):
        tx.timers.set(LATE, LATE, tx.now + PAUSES[0], run.id, number=0)


def _pending(domain: Domain, tx: Tx, run: Run) -> list[Wanted]:
    """What the run asked for, and was never seen live."""
    seen = {each.service for each in periods_of(tx, run.id)}
    wanted = wanted_of(run, domain.procedure_of(tx, run), records_of(tx, run.id))
    asked = [each for each in wanted.values() if "asked_at" in each.asked]
    return [each for each in asked if each.service not in seen] if not run.drill else []


def fire(domain: Domain, tx: Tx, timer: Timer) -> None:
    """A look is due: plan it."""
    payload = {"number": timer.payload["number"]}
    tx.effects.plan(LATE, f"run:{timer.of_run}:{LATE}", payload, run_id=timer.of_run, priority=LATER)


def production_deliverer(transactions: Transactions, tools: Tools) -> Deliver:
    """The deliverer of such a look: an answer that does not come is a look that saw nothing."""

    async def deliver(effect: Effect) -> Delivered:
        run_id = effect.run_id
        assert run_id, "a look is planned for a run"

        def known(domain: Domain, tx: Tx) -> tuple[Runbook, list[Wanted]]:
            run = tx.runs.get(run_id)
            assert run
            return domain.runbook_of(tx, run), _pending(domain, tx, run)

        seen = await look_at_production(tools, *await transactions.look(known))
        return Delivered(then=lambda domain, tx: looked(domain, tx, run_id, effect.payload["number"], seen))

    return deliver


def looked(domain: Domain, tx: Tx, run_id: int, number: int, seen: Sequence[Seen]) -> None:
    """Write what was seen; tell it when production has moved after all, and look again while it still may."""
    run = tx.runs.get(run_id)
    assert run
    seen = [each for each in seen if each.at is None or not moved_since(tx, each.service, each.at)]
    note(domain, tx, run, seen)
    if live := [each for each in seen if each.is_live]:
        _tell(domain, tx, run, live)
    if any(each.job in _OPEN and not each.is_live for each in seen) and number + 1 < len(PAUSES):
        tx.timers.set(LATE, LATE, tx.now + PAUSES[number + 1], run.id, number=number + 1)


def _tell(domain: Domain, tx: Tx, run: Run, live: Sequence[Seen]) -> None:
    runbook = domain.runbook_of(tx, run)
    what = listing([f"{runbook.service(each.service).title} → {commit_of(tx, run, each.wanted)}" for each in live])
    words = say("⚠️ {title} (run {id}) ended as {state}, but production moved afterwards: {what}.",
                title=run.title, id=run.id, state=str(run.state), what=what)  # fmt: skip
    tell(tx, "devops", words)
    if run.kind.goes_back and moved(tx, run):
        lock_after_rollback(domain, tx, run)
    tx.cards.touch(run.id)
