"""A kind of run: all that the core asks of it. The kinds of this product stand in `bot/kinds.py`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.runs.inputs import Inputs

if TYPE_CHECKING:
    from bot.domain import Domain
    from bot.people import Actor
    from bot.ports import Tx
    from bot.runbook.model import Permission, Procedure
    from bot.runbook.steps import AnyStep
    from bot.runs.engine.progress import Work
    from bot.runs.model import Run, StepRecord
    from bot.tools import Tools


@dataclass(frozen=True)
class Decision:
    """What is to be decided. One of `permissions` is enough; `ahead` = nothing waits for it yet."""

    what: str
    permissions: "tuple[Permission, ...]"
    ahead: bool = False
    not_by_requester: bool = False


@dataclass(frozen=True)
class Asked:
    """A procedure that an item starts: where its cards go, and the run and the step whose it is."""

    place: str
    parent: tuple[int, str]
    drill: bool = False


@dataclass(frozen=True)
class LastLook:
    """What is looked at outside when everything of a run is settled; what comes of it ends the run, or asks."""

    needed: "Callable[[Run, Procedure, Mapping[str, StepRecord]], bool]"
    look: "Callable[[Tools, Work, int], Awaitable[Callable[[Domain, Tx], None]]]"
    """Of the work and the token of its execution: what is to be written then."""


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of run. What is None goes as it does for a mere checklist."""

    name: str
    """As the runbook and the database call it."""
    inputs: type[Inputs] = Inputs
    """What its runs keep."""

    # Who may do what: of several permissions one is enough, and who has none is told of the first.
    request: "tuple[Permission, ...]" = ()
    """What it takes to ask for one; nothing = it is not asked for by itself."""
    approve: "tuple[Permission, ...]" = ()
    """What it takes to approve or confirm one that waits; nothing = it begins at once."""
    work: "tuple[Permission, ...]" = ("respond",)
    """What it takes to work on its items."""
    cancel: "Permission" = "deploy"
    """What it takes to cancel what somebody else asked for."""
    not_cancelled: Callable[[], str] | None = None
    """Why it is never cancelled, and how it is ended instead."""

    # What it is.
    led: bool = False
    """Whether people lead and end it, by commands of its own; others end when all that is required is settled."""
    production: bool = False
    """Whether it takes production."""
    builds: bool = False
    """Whether it makes live what it has built."""
    goes_back: bool = False
    """Whether it makes live what was built before."""

    # How it goes.
    ask: "Callable[[Domain, Tx, Actor, Asked], Run] | None" = None
    """Asks for one that an item starts; None = it begins at once."""
    to_start: "Callable[[Run, Sequence[AnyStep], Mapping[str, StepRecord]], Decision | None] | None" = None
    """The decision that a waiting one needs next, of the steps before it; None = none."""
    counts: "Callable[[AnyStep, str], bool] | None" = None
    """Whether a step of a stage is one of its items; None = every one is."""
    expired: Callable[[], str] | None = None
    """Why one is called off that nobody decided about in time; None = nobody approved it."""
    closed: "Callable[[Run], str] | None" = None
    """Why its items cannot be changed any more; empty when they can."""
    no_longer: "Callable[[Domain, Tx, Run], str] | None" = None
    """Why what two people agreed on does not count any more; None = no two people agree on it."""
    last_look: LastLook | None = None
    stopped: "Callable[[Domain, Tx, Run], Run] | None" = None
    """Ends one that was asked to stop, and does what comes then; None = it is aborted."""


Kinds = Mapping[str, Kind]


def kind_of(kinds: Kinds, name: Any) -> Kind:
    """The kind with this name; a mere checklist when this version of NeonOps knows none."""
    return kinds.get(name) or Kind(str(name))
