"""Looking at deploys and rollbacks: what runs, what ran."""

from dataclasses import dataclass

from bot.domain import Domain
from bot.holds.holds import FREEZE, LOCK, freeze_words, hold_words
from bot.ports import Tx
from bot.production.inputs.rollback import RollbackInputs
from bot.runbook.model import Runbook
from bot.runs.checklist.counting import Count, count_items
from bot.runs.model import Run, RunState, StepRecord
from bot.runs.start import records_of


@dataclass(frozen=True)
class Progress:
    """A run with its steps, and the runbook that it started with."""

    run: Run
    records: dict[str, StepRecord]
    runbook: Runbook

    @property
    def count(self) -> Count:
        """How many items of the stage in which it is are settled."""
        return count_items(self.run, self.runbook.procedure(self.run.procedure), self.records)


def running(domain: Domain, tx: Tx) -> list[Progress]:
    """Deploys and rollbacks that have not ended, newest first."""
    kinds = tuple(each.name for each in domain.kinds.values() if each.production)
    found = tx.runs.find(kind=kinds, state=(RunState.WAITING, RunState.ACTIVE), order="-id")
    return [Progress(run, records_of(tx, run.id), domain.runbook_of(tx, run)) for run in found]


@dataclass(frozen=True)
class Pin:
    """Services that a rollback of ours pinned, and nothing moved since; `titles` as its runbook calls them."""

    run: Run
    services: tuple[str, ...]
    titles: tuple[str, ...]


def pins(domain: Domain, tx: Tx) -> list[Pin]:
    """Where production stands still because of a rollback of ours, as far as it was seen."""
    found: list[Pin] = []
    standing = sorted(tx.live_periods.find(over_at=None, moved=True), key=lambda each: -each.id)
    for run_id in dict.fromkeys(each.run_id for each in standing):
        run = tx.runs.get(run_id)
        if run and run.kind.goes_back and not RollbackInputs.of(run).unpins:
            services = tuple(each.service for each in standing if each.run_id == run_id)
            titles = tuple(domain.runbook_of(tx, run).service(service).title for service in services)
            found.append(Pin(run, services, titles))
    return found


def holds(domain: Domain, tx: Tx) -> list[str]:
    """What keeps deploys from starting now, a sentence each."""
    words = [*(hold_words(domain, tx, kind) for kind in (LOCK, FREEZE)), freeze_words(domain, tx)]
    return [each for each in words if each]
