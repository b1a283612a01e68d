"""What is told of alerts."""

from dataclasses import dataclass

from bot.alerts.model import Alert
from bot.events import Event
from bot.runs.model import Run


@dataclass(frozen=True)
class CallSettled(Event):
    """Of everybody who was called for a level of the escalation it is known what became of it."""

    run: Run
    item: str
    step_attempt: int
    rows: tuple[Alert, ...]
