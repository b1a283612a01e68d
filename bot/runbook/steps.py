"""What all kinds of steps share, and how the kinds are found: each is a module of `bot/steps/`."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema

from bot.runbook.base import Duration, Frozen, Prose, Slug, Worded
from bot.runbook.problems import Finding, Path

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


Reference = tuple[str, Path, str]
"""What is named (the word for its kind), where, and the name."""


def named(what: str, path: Path, names: Iterable[str]) -> Iterator[Reference]:
    """The names of a list."""
    return ((what, (*path, index), name) for index, name in enumerate(names))


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
    names_itself: ClassVar[bool] = False
    """Whether what it found says what was looked at."""

    kind: str
    id: Slug
    note: Prose | None = Field(default=None, description="Guidance for the person.")
    corrects: Prose | None = Field(default=None, description="What is wrong with the command in the written runbook.")
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
    def looks(self) -> bool:
        """Whether the bot looks at something outside with it, and changes nothing."""
        acts = self.mutates or self.runs_commands or self.makes_checkout or self.creates_channel or self.alerts_people
        return not (acts or self.by_person or self.started_procedure)

    @property
    def alerted(self) -> tuple[str, ...]:
        """The roles whose people it alerts."""
        return ()

    @property
    def started_procedure(self) -> str | None:
        """The procedure that it starts: its outcome is that run's."""
        return None

    @property
    def new_database(self) -> str | None:
        """The variable that holds the URL of the new, empty database that it can restore into."""
        return None

    @property
    def changes_schema(self) -> bool:
        """Whether it changes the database's schema: a rollback of the application leaves that."""
        return False

    def all_well(self, detail: Mapping[str, Any]) -> bool:
        """Whether what a check found and kept is good; what was only looked at says nothing against it."""
        return True

    def references(self) -> Iterator[Reference]:
        """What of the runbook it names, and where."""
        if self.service:
            yield "service", ("service",), self.service

    def addresses(self) -> Iterator[tuple[Path, str]]:
        """The addresses that it asks, and where they stand."""
        return iter(())

    def problems(self) -> Iterator[Finding]:
        """What is wrong with it, at a path within it."""
        return iter(())

    def doubts(self) -> Iterator[Finding]:
        """What is right by itself and leads nowhere."""
        return iter(())

    def misplaced(self, kind: str) -> str:
        """Why it is nothing for a procedure of this kind; empty when it is."""
        return ""

    def shown(self) -> Iterator[str]:
        """What it does, a line each, for a terminal."""
        return iter(())

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


@dataclass(frozen=True)
class StepKind:
    """A kind of step: its model, and what the bot does about it.

    `run` does it and gives an outcome; `reconcile` finds out, by reading only, what an interrupted one did. A kind
    without `run` is not the engine's: a person, an effect or another run settles it. `begin` is called in the
    transaction that writes its intent.
    """

    model: type[Step]
    run: Callable[[Any, Any], Awaitable[Any]] | None = None
    reconcile: Callable[[Any, Any], Awaitable[Any]] | None = None
    begin: Callable[[Any, Any, Any, Any], None] | None = None

    @property
    def name(self) -> str:
        """As it is written in a runbook."""
        name: str = get_args(self.model.model_fields["kind"].annotation)[0]
        return name


@cache
def _modules() -> list[ModuleType]:
    package = import_module("bot.steps")
    return [import_module(each.name) for each in walk_packages(package.__path__, f"{package.__name__}.")]


@cache
def step_kinds() -> dict[str, StepKind]:
    """Every kind by its name: `manual` first (an entry that names none is of that), those of one system last."""
    found = {kind.name: kind for module in _modules() for kind in getattr(module, "KINDS", ())}
    return {name: found[name] for name in sorted(found, key=lambda name: (name != "manual", "." in name, name))}


def checks_of_kinds(name: Literal["LINT", "DOUBTS"]) -> list[Callable[[Any], Iterable[Finding]]]:
    """What kinds of steps and of runs need of a whole runbook; DOUBTS = what is right by itself and leads nowhere."""
    modules = [*_modules(), import_module("bot.kinds")]
    return [check for module in modules for check in getattr(module, name, ())]


class _OfAnyKind:
    """A step of the kind that its entry names. Looked up when the first runbook is read: kinds build on the runbook."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        union: Any = Union.__getitem__(tuple(kind.model for kind in step_kinds().values()))
        of_kind = Annotated[union, Field(discriminator="kind"), kind_by_default("manual")]
        return handler.generate_schema(of_kind)


AnyStep = Annotated[Step, _OfAnyKind()]
