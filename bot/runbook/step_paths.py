"""Where the steps of a runbook stand in its file."""

from collections.abc import Iterator
from itertools import chain

from bot.runbook.model import Procedure, Runbook
from bot.runbook.problems import Path
from bot.runbook.steps import Step


def steps_of(procedure: Procedure, index: int) -> Iterator[tuple[Path, Step]]:
    """The steps of a procedure (the `index`-th of its runbook) with their places."""
    for phase_index, phase in enumerate(procedure.phases):
        for step_index, step in enumerate(phase.steps):
            yield ("procedures", index, "phases", phase_index, "steps", step_index), step


def all_steps(runbook: Runbook) -> Iterator[tuple[Path, Step]]:
    """Every step of the runbook with its place."""
    return chain.from_iterable(steps_of(procedure, index) for index, procedure in enumerate(runbook.procedures))
