"""What came of a step, and what a step's execution is handed."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.runbook.model import Procedure, Runbook
from bot.runbook.steps import Step
from bot.runs.model import Run, StepRecord

if TYPE_CHECKING:
    from bot.tools import Tools


@dataclass(frozen=True)
class Done:
    """It was done; `found` is what to show, `detail` what later steps read, `output` the file with all it printed."""

    found: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    output: str | None = None


@dataclass(frozen=True)
class Failed:
    """It was not done, and that is certain."""

    found: str
    detail: dict[str, Any] = field(default_factory=dict)
    output: str | None = None


@dataclass(frozen=True)
class Unknown:
    """It may have been done: a person decides."""

    found: str
    detail: dict[str, Any] = field(default_factory=dict)
    output: str | None = None


@dataclass(frozen=True)
class Undecided:
    """It was read, and that settles nothing (no data): a person ticks or skips a required item, others are given up."""

    found: str
    detail: dict[str, Any] = field(default_factory=dict)
    output: str | None = None


Outcome = Done | Failed | Unknown | Undecided


def unheard(text: str) -> None:
    """Where reports go that nobody listens to."""


async def unkept(detail: Mapping[str, Any]) -> None:
    """Where intents go of a step that is executed outside a run."""


@dataclass(frozen=True)
class Context:
    """What a step's execution may read. It returns an outcome; it writes nothing of ours but its output file.

    `report` shows where it stands on the card while it runs; it may be called as often as there is news. `keep` writes
    what a request is about before it is sent: a crash or a lost answer in between cannot lose it.
    """

    run: Run
    record: StepRecord
    runbook: Runbook
    procedure: Procedure
    records: Mapping[str, StepRecord]
    tools: "Tools"
    data_dir: Path
    report: Callable[[str], None] = unheard
    keep: Callable[[Mapping[str, Any]], Awaitable[None]] = unkept
    began: float = field(default_factory=time.monotonic)

    def seconds_left(self, step: Step) -> float:
        """What the step has of its `timeout`, all of which is its own: nothing is kept back for what comes after."""
        return max(step.timeout.total_seconds() - (time.monotonic() - self.began), 0.0)

    def output_path(self) -> Path:
        """Where this attempt's whole output goes."""
        return self.data_dir / "outputs" / f"run-{self.run.id}" / f"{self.record.step_id}-{self.record.attempt}.log"

    def detail_of(self, kind: str, service: str) -> dict[str, Any]:
        """What the run's step of this kind for this service found; empty when it has not run."""
        for _, step in self.procedure.steps():
            if step.kind == kind and getattr(step, "service", None) == service and step.id in self.records:
                return self.records[step.id].detail
        return {}
