"""What production is known to be by the steps of runs."""

from bot.domain import Domain
from bot.domain.subscribing import on
from bot.ports import Tx
from bot.production.periods import wanted_of, went_live
from bot.runs.events import StepSettled
from bot.runs.outcome import Done
from bot.runs.start import records_of


def seen_live(domain: Domain, tx: Tx, event: StepSettled) -> None:
    """A step that waits for production has seen it: from now on that is a fact, whatever becomes of the run."""
    run, step, detail = event.run, event.step, event.record.detail
    deployment = detail.get("deployment")
    if not isinstance(event.outcome, Done) or not step.awaits_move or deployment is None:
        return
    wanted = wanted_of(run, event.procedure, records_of(tx, run.id)).get(step.service or "")
    if wanted and wanted.deployment == deployment:
        went_live(tx, run, wanted, detail.get("how", "production"))


SUBSCRIBERS = (on(StepSettled, seen_live),)
