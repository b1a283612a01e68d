"""Looking at deploys and rollbacks: what runs, what ran."""

from dataclasses import dataclass

from bot.deploys.holds import FREEZE, LOCK, freeze_words, hold_words
from bot.deploys.live import moved
from bot.office import Office
from bot.ports import Tx
from bot.runbook.model import Runbook
from bot.runs.counting import Count, count_items
from bot.runs.model import Run, RunState, StepRecord
from bot.runs.start import records_of

RUNS = 50
"""How many of the newest runs are looked at for one that pinned production."""


KINDS = ("deploy", "rollback", "restore")
"""What takes production."""


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


def running(office: Office, tx: Tx) -> list[Progress]:
    """Deploys and rollbacks that have not ended, newest first."""
    found = tx.runs.find(kind=KINDS, state=(RunState.WAITING, RunState.ACTIVE), order="-id")
    return [Progress(run, records_of(tx, run.id), office.runbook_of(tx, run)) for run in found]


@dataclass(frozen=True)
class Pin:
    """Services that a rollback of ours pinned, and nothing moved since; `titles` as its runbook calls them."""

    run: Run
    services: tuple[str, ...]
    titles: tuple[str, ...]


def pins(office: Office, tx: Tx) -> list[Pin]:
    """Where production stands still because of a rollback, as far as our own runs tell."""
    seen: set[str] = set()
    found: list[Pin] = []
    for run in tx.runs.find(kind=("deploy", "rollback"), drill=False, order="-id", limit=RUNS):
        fresh = tuple(service for service in moved(office, tx, run) if service not in seen)
        seen.update(fresh)
        if fresh and run.kind == "rollback" and not run.unpins:
            runbook = office.runbook_of(tx, run)
            found.append(Pin(run, fresh, tuple(runbook.service(service).title for service in fresh)))
    return found


def holds(office: Office, tx: Tx) -> list[str]:
    """What keeps deploys from starting now, a sentence each."""
    words = [*(hold_words(office, tx, kind) for kind in (LOCK, FREEZE)), freeze_words(office, tx)]
    return [each for each in words if each]
