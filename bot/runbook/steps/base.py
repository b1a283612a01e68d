"""What all kinds of steps share."""

from datetime import timedelta
from enum import Enum, auto
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from bot.runbook.base import Duration, Frozen, Prose, Slug, Worded

EnvName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Retry(Frozen):
    """How often a failed attempt is made again by itself, before a person is asked."""

    attempts: int = Field(default=1, ge=1, le=10, description="Attempts in all; 1 = no retry.")
    delay: Duration = timedelta(seconds=5)


class Proof(Enum):
    """What a check looks at."""

    HEALTH = auto()
    REQUEST = auto()
    METRICS = auto()


class Step(Worded):
    """What all kinds share: one line of a checklist, or one action."""

    effect: ClassVar[bool] = False
    """Whether it changes something outside: an interrupted reading step runs again, a mutating one asks first."""
    by_person: ClassVar[bool] = False
    """Whether only a person can do it: the bot never begins it."""
    interruptible: ClassVar[bool] = False
    """Whether a cancelled run stops it in the middle; what is one request is let finish."""
    keeps_time: ClassVar[bool] = False
    """Whether it ends by itself when its `timeout` is over, with what it saw until then."""
    needs_two_people: ClassVar[bool] = False
    """Whether two people agree on it, who have to be there when it begins."""
    about_changes: ClassVar[bool] = False
    """Whether in a drill there is nothing to look at: what it is about was not done for real."""
    read_back: ClassVar[bool] = False
    """Whether it can be read outside what an interrupted one did."""
    proves: ClassVar[Proof | None] = None
    """What a good outcome says of production; None = nothing."""
    builds: ClassVar[bool] = False
    """Whether it finds or makes the deployment that its run makes live."""
    moves_production: ClassVar[bool] = False
    """Whether it asks for production to move to another deployment."""
    awaits_move: ClassVar[bool] = False
    """Whether it waits until production has moved."""
    lists_deployments: ClassVar[bool] = False
    """Whether it shows where a rollback can go back to."""
    about_commit: ClassVar[bool] = False
    """Whether what it found is true of one commit: it is asked again when the branch has moved."""
    makes_checkout: ClassVar[bool] = False
    """Whether it makes the checkout in which the run's commands run."""
    runs_commands: ClassVar[bool] = False
    """Whether it runs commands of the runbook."""
    creates_channel: ClassVar[bool] = False
    """Whether it makes the incident's channel."""
    alerts_people: ClassVar[bool] = False
    """Whether it tells the people of `alerted` roles."""

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
    def alerted(self) -> tuple[str, ...]:
        """The roles whose people it alerts."""
        return ()

    @property
    def started_procedure(self) -> str | None:
        """The procedure that it starts: its outcome is that run's."""
        return None

    @property
    def changes_schema(self) -> bool:
        """Whether it changes the database's schema: a rollback of the application leaves that."""
        return False

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
