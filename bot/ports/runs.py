"""Runs and their steps."""

from typing import Protocol

from bot.ports.store import Store
from bot.runs.model import StepRecord


class Steps(Store[StepRecord], Protocol):
    """Steps of runs."""

    def runs_at_work(self) -> list[int]:
        """Ids of the runs with a step that is started or asked for."""
        ...
