"""What all kinds of steps share."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from bot.runbook.base import Duration, Frozen, Prose, Slug, Worded

EnvName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Retry(Frozen):
    """How often a failed attempt is made again by itself, before a person is asked."""

    attempts: int = Field(default=1, ge=1, le=10, description="Attempts in all; 1 = no retry.")
    delay: Duration = timedelta(seconds=5)


class Step(Worded):
    """What all kinds share: one line of a checklist, or one action."""

    effect: ClassVar[bool] = False
    """Whether it changes something outside: an interrupted reading step runs again, a mutating one asks first."""

    id: Slug
    note: Prose | None = Field(default=None, description="Guidance for the person, shown on demand.")
    corrects: Prose | None = Field(default=None, description="What the written runbook's own command gets wrong.")
    starts: Literal["auto", "button"] = Field(
        default="auto", description="In a checklist: by itself when its phase opens, or when a person presses Run."
    )
    ticked_by: Literal["bot", "person"] = Field(
        default="bot", description="Whether a good outcome ticks the item, or only shows what was found."
    )
    required: bool = Field(
        default=True, description="Whether the run may go on while this is neither done nor skipped."
    )
    service: Slug | None = Field(default=None, description="Only when this service is among the run's targets.")
    timeout: Duration = timedelta(seconds=60)
    retry: Retry = Retry()

    @property
    def mutates(self) -> bool:
        """Whether it changes something outside (a shell step says so itself)."""
        return self.effect

    @property
    def programs(self) -> tuple[str, ...]:
        """What it needs on PATH."""
        return ()

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that it needs: their values are secrets."""
        return ()


def kind_by_default(kind: str) -> BeforeValidator:
    """For a union of kinds: an entry that names no kind is of this one."""
    return BeforeValidator(lambda value: {"kind": kind} | value if isinstance(value, dict) else value)
