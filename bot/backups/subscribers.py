"""What backups there are by the steps of runs."""

from bot.backups.records import keep
from bot.domain import Domain
from bot.domain.subscribing import on
from bot.ports import Tx
from bot.runs.events import StepSettled
from bot.runs.outcome import Done


def keep_backup(domain: Domain, tx: Tx, event: StepSettled) -> None:
    """A step that was to take a backup has proven it."""
    if isinstance(event.outcome, Done):
        keep(tx, event.record)


SUBSCRIBERS = (on(StepSettled, keep_backup),)
