"""`manual`: a person does it, and ticks it."""

from typing import ClassVar, Literal

from bot.runbook.steps import Step, StepKind


class ManualStep(Step):
    """A person does it and ticks it."""

    by_person: ClassVar[bool] = True
    kind: Literal["manual"] = "manual"


KINDS = (StepKind(ManualStep),)
