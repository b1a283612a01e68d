"""The table of commands: help, the manifest, the README's list and the dispatch all come from it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.text import say
from handlers.slack.deploys import command as deploy
from handlers.slack.health import command as health
from handlers.slack.incidents import command as incident
from handlers.slack.interaction.context import Door
from handlers.slack.interaction.requests import Order, Reply
from handlers.slack.parsing.severities import severity_named
from handlers.slack.parsing.text import as_typed, bare, flag_in, hyphened, split, tokens, whole_number

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
HELP = {"help", "help?", "?", "??", "ajuda", "ajuda?", "-h", "-help", "-?", "-ajuda"}
"""What asks for help, alone or beside the command's own words."""


async def answer(door: Door, order: Order) -> Reply:
    """Carry a command out; raises a Refusal with the sentence to show."""
    command = COMMANDS[order.command]
    order = replace(order, text=door.mask(as_typed(order.text)))
    if _asks_for_help(door, command, order.text):
        return Reply(help_text(command))
    return await command.handler(door, order)


def _asks_for_help(door: Door, command: Command, text: str) -> bool:
    """`help`, `help p1` and `p1 help`; a sentence that begins or ends with the word is none of it."""
    first, *others = [bare(word) for word in tokens(text)] or [""]
    if not others:
        return _is_help(first)
    *between, last = others
    asks = (_is_help(first) and _knows(door, command, last)) or (_knows(door, command, first) and _is_help(last))
    return asks and all(_knows(door, command, word) for word in between)


def _is_help(word: str) -> bool:
    return re.sub("^-+", "-", hyphened(word)) in HELP


def _knows(door: Door, command: Command, word: str) -> bool:
    """Whether a word is one of the command's own: of its forms, a severity, a service, a number or an option."""
    forms = {form.split()[0] for form, _ in command.forms if form}
    services = {"all", *(service.id for service in door.runbook.services)}
    severity = severity_named(word, [each.id for each in door.runbook.severities])
    return word in forms | services or bool(severity or flag_in(word)) or whole_number(word) is not None


def help_text(command: Command) -> str:
    """All forms of a command."""
    forms = [f"• `{f'{command.name} {form}'.strip()}`  {text}" for form, text in command.forms]
    return f"*{command.name}*  {say(command.description)}\n" + "\n".join(forms)


def deed_of(command: str, text: str) -> str:
    """What was typed, without what people wrote: the command and its first word, if that is one of its own."""
    word, _ = split(text)
    known = {form.split()[0] for form, _ in COMMANDS[command].forms if form} if command in COMMANDS else set()
    return f"{command} {word}" if word in known else command
