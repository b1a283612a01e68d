"""`start_procedure`: another procedure is started by a button, and its outcome ticks the item."""

from collections.abc import Iterator
from typing import Literal

from bot.runbook.base import Slug
from bot.runbook.steps import Reference, Step, StepKind


class StartProcedure(Step):
    """Start another procedure by a button; ticked by its outcome."""

    kind: Literal["start_procedure"]
    procedure: Slug
    starts: Literal["auto", "button"] = "button"

    @property
    def started_procedure(self) -> str | None:
        return self.procedure

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield "procedure", ("procedure",), self.procedure


KINDS = (StepKind(StartProcedure),)
