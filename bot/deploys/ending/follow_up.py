"""What follows from the end of a deploy or rollback: the announcement, and after a rollback the lock and its undo."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.delivery import Deliver, Delivered
from bot.deploys import monitoring
from bot.deploys.ending import pending_moves
from bot.deploys.ending.rollback_lock import lock_after_rollback
from bot.deploys.queue import look_again
from bot.deploys.schema.unreverted import schema_left
from bot.domain import Domain
from bot.domain.messages import plan_message, tell
from bot.effects import Effect
from bot.effects.outgoing import Outgoing
from bot.people import ROBOT
from bot.ports import Tx
from bot.production.inputs.rollback import RollbackInputs
from bot.production.periods import durations, moved, periods_of, wanted_of
from bot.production.wording import stood_words
from bot.runbook.problems import RunbookError
from bot.runs.model import Run, RunState, StepState
from bot.runs.start import records_of
from bot.text import listing, say, span

log = structlog.get_logger()


def follow(domain: Domain, tx: Tx, run: Run) -> None:
    """What had production has ended: what follows is written with its end, and told after the commit.

    The deploy that is rolled back ends in the transaction that starts its rollback, which the announcement names.
    """
    if run.kind.production and run.started_at and not run.drill:
        _follow(domain, tx, run)
        tx.effects.plan("run.ended", f"run:{run.id}:ended", {"followed": True}, run_id=run.id)


def _follow(domain: Domain, tx: Tx, run: Run) -> None:
    """Watch what is live now and nothing else, and keep deploys away from what was rolled back."""
    look_again(tx)
    with _left_out_when_unreadable(run):
        monitoring.supersede_older(domain, tx)
    if run.kind.builds and run.state is RunState.DONE:
        monitoring.begin(domain, tx, run)
    if run.kind.goes_back and moved(tx, run):
        lock_after_rollback(domain, tx, run)
    with _left_out_when_unreadable(run):
        pending_moves.begin(domain, tx, run)


@contextmanager
def _left_out_when_unreadable(run: Run) -> Iterator[None]:
    """What takes an archived runbook that this version cannot read is left out: production is free all the same."""
    try:
        yield
    except RunbookError as error:
        log.error("run.unreadable", run=run.id, why=error.sentence)


def ended_deliverer() -> Deliver:
    """The deliverer of `run.ended`."""

    async def deliver(effect: Effect) -> Delivered:
        return Delivered(then=lambda domain, tx: _delivered(domain, tx, effect))

    return deliver


def _delivered(domain: Domain, tx: Tx, effect: Effect) -> None:
    run = tx.runs.get(effect.run_id)
    assert run
    # One that an older version of the bot has planned: nothing followed the end yet.
    if "followed" not in effect.payload:
        _follow(domain, tx, run)
    tell_end(domain, tx, run)


def tell_end(domain: Domain, tx: Tx, run: Run) -> None:
    """Say what happened where deploys are talked about, and of a rollback where it was started."""
    _announce(domain, tx, run)
    if run.kind.goes_back:
        _tell_outcome(domain, tx, run)


def _announce(domain: Domain, tx: Tx, run: Run) -> None:
    """The announcement is made of the run's entry in the deployment log; what only is known here goes with it."""
    done = run.state is RunState.DONE
    left = "" if done else schema_left(run, domain.procedure_of(tx, run), records_of(tx, run.id))
    left = " ".join(words for words in (_rollback_of(tx, run), left) if words)
    data = {"took": lasted(run) + _each(domain, tx, run), "left": left}
    plan_message(tx, Outgoing(("devops",), "deploy.ended", data), "say:devops", run_id=run.id)


def _rollback_of(tx: Tx, run: Run) -> str:
    """Which run takes back what this one made live, while it does; empty when none does."""
    newest = tx.runs.find(kind="rollback", order="-id", limit=5)
    back = next((each for each in newest if RollbackInputs.of(each).undo_of_deploy == run.id), None)
    return say("Run {id} is its rollback.", id=back.id) if back else ""


def lasted(run: Run) -> str:
    """How long the run ran, in words; empty for one that has not begun or ended."""
    return span(run.ended_at - (run.started_at or run.created_at)) if run.ended_at else ""


def _each(domain: Domain, tx: Tx, run: Run) -> str:
    """` (API 40 s, Web 32 s)`: how long production took to move, for each service of a rollback."""
    wanted = wanted_of(run, domain.procedure_of(tx, run), records_of(tx, run.id))
    found = durations(periods_of(tx, run.id), wanted) if run.kind.goes_back else {}
    runbook = domain.runbook_of(tx, run)
    words = [f"{runbook.service(service).title} {span(took)}" for service, took in found.items()]
    return f" ({', '.join(words)})" if words else ""


def outcome_words(domain: Domain, tx: Tx, run: Run) -> str:
    """What a rollback moved where, and how long it took: one sentence for timelines and checklists."""
    runbook = domain.runbook_of(tx, run)
    where = listing([f"{runbook.service(name).title} → {to}" for name, to in moved(tx, run).items()])
    took = lasted(run) + _each(domain, tx, run)
    if run.state is RunState.DONE:
        seen = " ".join(words for words in (where, stood_words(run, periods_of(tx, run.id))) if words)
        return say("{title}: done in {took}. {where}", title=run.title, took=took, where=seen)
    words = say("{title}: {state} after {took}.", title=run.title, state=str(run.state), took=took)
    return words + (
        " " + say("Production moved anyway: {where}", where=where) if where else " " + say("Production did not move.")
    )


def _tell_outcome(domain: Domain, tx: Tx, run: Run) -> None:
    """Write it into the timelines of the rollback and of the incident that it was started from, and on its item."""
    words = outcome_words(domain, tx, run)
    tx.timeline.record("rollback.outcome", ROBOT, run.id, text=words)
    parent = tx.runs.get(run.parent_run) if run.parent_run else None
    if parent is None or run.parent_step is None:
        return
    tx.timeline.record("rollback.outcome", ROBOT, parent.id, text=words, run=run.id)
    record = tx.steps.get(parent.id, run.parent_step)
    if record and record.state in (StepState.DONE, StepState.FAILED):
        tx.steps.save(record, found=words)
        tx.cards.touch(parent.id)
    if parent.channel:
        tell(tx, parent.channel, words)
