"""What a message may speak of, and how a template draws it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.domain import Domain
from bot.incidents.model import Incident
from bot.ports import Tx
from bot.runs.model import Card, Run
from bot.text import say, shorten
from handlers.slack.blocks.elements import TEXT_LIMIT, Message


@dataclass(frozen=True)
class Present:
    """Users who are there, those of them who are not in the channel, and the names of all others with why not."""

    users: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """What a message may speak of. `found`: what its template read; `link` makes the address of a message."""

    run: Run | None
    incident: Incident | None
    data: dict[str, Any]
    place: str | None = None
    """The channel of the run, or where its cards stand when it has none."""
    card: Card | None = None
    """The card that the message is a reply to."""
    present: Present = field(default_factory=Present)
    found: Any = None
    link: Callable[[str | None, str | None], str | None] = lambda channel, ts: None

    @property
    def the_run(self) -> Run:
        """The run; a message about one is never planned without."""
        assert self.run
        return self.run

    @property
    def the_incident(self) -> Incident:
        """The incident; a message about one is never planned without."""
        assert self.incident
        return self.incident


@dataclass(frozen=True)
class Template:
    """How a message is drawn (as nothing: it is not sent). `read`: what it needs besides the scene; `as_is`: neither
    marked as a drill nor cut."""

    draw: Callable[[Scene], Message | str]
    read: Callable[[Domain, Tx, Scene], Any] = lambda domain, tx, scene: None
    as_is: bool = False
    reminds: bool = False
    """Whether it only reminds, and is held to the noise budget of its incident."""


def render(template: Template, scene: Scene) -> Message:
    """The message that the template draws."""
    drawn = template.draw(scene)
    message = drawn if isinstance(drawn, Message) else Message(drawn)
    if template.as_is:
        return message
    drill = say("[DRILL]") + " " if scene.run and scene.run.drill else ""
    return Message(shorten(drill + message.text, TEXT_LIMIT), message.blocks)
