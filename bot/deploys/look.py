"""Looking at deploys and rollbacks: what runs, what ran."""

from dataclasses import dataclass

from bot.deploys.holds import FREEZE, LOCK, frozen_until, hold_words
from bot.office import Office
from bot.ports import Tx
from bot.runs.model import Run, RunState, StepRecord
from bot.runs.start import records_of


@dataclass(frozen=True)
class Progress:
    """A run with its steps."""

    run: Run
    records: dict[str, StepRecord]


def running(office: Office, tx: Tx) -> list[Progress]:
    """Deploys and rollbacks that have not ended, newest first."""
    found = tx.runs.find(kind=("deploy", "rollback"), state=(RunState.WAITING, RunState.ACTIVE), order="-id")
    return [Progress(run, records_of(tx, run.id)) for run in found]


def history(office: Office, tx: Tx, limit: int = 15) -> list[Run]:
    """The latest deploys and rollbacks, newest first."""
    return tx.runs.find(kind=("deploy", "rollback"), order="-id", limit=limit)


def holds(office: Office, tx: Tx) -> list[str]:
    """What keeps deploys from starting now, a sentence each."""
    words = [hold_words(tx, kind) for kind in (LOCK, FREEZE)]
    recurring = frozen_until(office.runbook, tx.now)
    return [*(each for each in words if each), *([recurring[0]] if recurring else [])]
