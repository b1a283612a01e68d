"""What backups there are by the steps of runs."""

from bot.backups.keep import keep
from bot.office import Office
from bot.ports import Tx
from bot.runs.events import StepSettled
from bot.runs.outcome import Done
from bot.subscribing import on


def keep_backup(office: Office, tx: Tx, event: StepSettled) -> None:
    """A step that was to take a backup has proven it."""
    if isinstance(event.outcome, Done):
        keep(tx, event.record)


SUBSCRIBERS = (on(StepSettled, keep_backup),)
