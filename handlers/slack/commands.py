"""The table of commands: help, the manifest, the README's list and the dispatch all come from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.text import say
from handlers.slack import deploy, health, incident
from handlers.slack.door import Door
from handlers.slack.order import Order, Reply
from handlers.slack.words import as_typed, split, tokens

Handler = Callable[[Door, Order], Awaitable[Reply]]


@dataclass(frozen=True)
class Command:
    """One slash command. `forms`: what can be typed after it, and what that does."""

    name: str
    description: str
    usage: str
    handler: Handler
    forms: tuple[tuple[str, str], ...]


_ROWS = (
    Command("/deploy", "Deploy to production, step by step", "[api|web|all] [ref]", deploy.deploy, deploy.DEPLOY_FORMS),
    Command("/rollback", "Roll production back", "[api|web|all] [deployment]", deploy.rollback, deploy.ROLLBACK_FORMS),
    Command("/health", "Check everything now", "[api|web|database|vendors|all]", health.health, health.FORMS),
    Command(
        "/incident",
        "Declare and conduct incidents",
        "p1 [title] | list | status | note …",
        incident.incident,
        incident.FORMS,
    ),
)
COMMANDS = {command.name: command for command in _ROWS}
HELP = (["help"], ["?"], ["-h"], ["--help"], ["—help"], ["–help"])
"""What asks for help, alone."""


async def answer(door: Door, order: Order) -> Reply:
    """Carry a command out; raises a Refusal with the sentence to show."""
    command = COMMANDS[order.command]
    order = replace(order, text=door.mask(as_typed(order.text)))
    if tokens(order.text.casefold()) in HELP:
        return Reply(help_text(command))
    return await command.handler(door, order)


def help_text(command: Command) -> str:
    """All forms of a command."""
    forms = [f"• `{f'{command.name} {form}'.strip()}`  {text}" for form, text in command.forms]
    return f"*{command.name}*  {say(command.description)}\n" + "\n".join(forms)


def deed_of(command: str, text: str) -> str:
    """What was typed, without what people wrote: the command and its first word, if that is one of its own."""
    word, _ = split(text)
    known = {form.split()[0] for form, _ in COMMANDS[command].forms if form} if command in COMMANDS else set()
    return f"{command} {word}" if word in known else command
