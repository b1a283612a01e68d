"""What an area brings to Slack: commands, what buttons and forms do, shortcuts, quick actions, messages."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.people import Actor
from handlers.slack.blocks.elements import Block, Style
from handlers.slack.cards.drawing import Drawing
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply, Request
from handlers.slack.messaging.template import Template

CommandHandler = Callable[[Context, Request], Awaitable[Reply]]
ClickHandler = Callable[[Context, Click], Awaitable[Reply]]
FormHandler = Callable[[Context, Form], Awaitable[Reply]]
TopicHandler = Callable[[Context, Request, int | None, str], Awaitable[Reply]]
ShortcutHandler = Callable[[Context, Actor, dict[str, Any]], Awaitable[Reply]]


@dataclass(frozen=True)
class Command:
    """One slash command. `forms`: what can be typed after it, and what that does."""

    name: str
    description: str
    usage: str
    handler: CommandHandler
    forms: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Topic:
    """A word after `/incident` that an area brings, with the forms in which it can be typed.

    Its handler is given the number that was typed before it, and what was typed after it.
    """

    word: str
    handler: TopicHandler
    forms: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FormEntry:
    """What a submitted form does, and the field at which a refusal is shown."""

    handler: FormHandler
    field: str
    below: Callable[[Context, Form], Awaitable[Block]] | None = None
    """What the form that it was opened from shows when it is done."""


@dataclass(frozen=True)
class Shortcut:
    """An entry of Slack's own menus: `global`, or of a `message`."""

    id: str
    kind: str
    name: str
    description: str
    handler: ShortcutHandler


@dataclass(frozen=True)
class QuickAction:
    """A button at the top of the Home."""

    label: str
    action: str
    style: Style = None


Redraw = Callable[[Context, Actor, str, str], Awaitable[Block]]
"""Draws an open form anew, of what it is about and what its last click was answered."""


@dataclass(frozen=True)
class Area:
    """All that one area registers."""

    commands: tuple[Command, ...] = ()
    topics: tuple[Topic, ...] = ()
    actions: Mapping[str, ClickHandler] = field(default_factory=dict)
    forms: Mapping[str, FormEntry] = field(default_factory=dict)
    shortcuts: tuple[Shortcut, ...] = ()
    quick_actions: tuple[QuickAction, ...] = ()
    redrawn: Mapping[str, Redraw] = field(default_factory=dict)
    """Forms that show what their own buttons change."""
    messages: Mapping[str, Template] = field(default_factory=dict)
    drawings: Mapping[str, Drawing] = field(default_factory=dict)
    """By kind of run."""
