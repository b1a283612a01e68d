"""Clicks, commands and forms: found in the table of areas and carried out; what is wrong is raised as a Refusal."""

import re
from dataclasses import replace
from typing import Any

from bot.errors import Refusal
from bot.people import Actor
from bot.text import say
from handlers.slack.area import Command
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply, Request
from handlers.slack.parsing.severities import severity_named
from handlers.slack.parsing.text import as_typed, bare, first_word, flag_in, hyphened, tokens, whole_number
from handlers.slack.table import ACTIONS, COMMANDS, FORMS, SHORTCUTS

HELP = {"help", "help?", "?", "??", "ajuda", "ajuda?", "-h", "-help", "-?", "-ajuda"}
"""What asks for help, alone or beside the command's own words."""


async def answer_click(context: Context, click: Click) -> Reply:
    """Carry a click out."""
    handler = ACTIONS.get(click.action)
    if handler is None:
        raise Refusal(say("This button is from an older NeonOps version and no longer works."))
    return await handler(context, click)


async def answer_form(context: Context, form: Form) -> Reply:
    """Carry a form out; a Refusal is shown at the field that the table names."""
    entry = FORMS.get(form.callback)
    form = replace(form, fields={name: context.mask(value) for name, value in form.fields.items()})
    return await entry.handler(context, form) if entry else Reply()


async def answer_shortcut(context: Context, actor: Actor, body: dict[str, Any]) -> Reply:
    """Carry a shortcut out."""
    shortcut = SHORTCUTS.get(body["callback_id"])
    if shortcut is None:
        raise Refusal(say("This shortcut is from an older NeonOps version and no longer works."))
    return await shortcut.handler(context, actor, body)


async def answer_command(context: Context, request: Request) -> Reply:
    """Carry a command out."""
    command = COMMANDS[request.command]
    request = replace(request, text=context.mask(as_typed(request.text)))
    if _asks_for_help(context, command, request.text):
        return Reply(help_text(command))
    return await command.handler(context, request)


def _asks_for_help(context: Context, command: Command, text: str) -> bool:
    """`help`, `help p1` and `p1 help`; a sentence that begins or ends with the word is none of it."""
    first, *others = [bare(word) for word in tokens(text)] or [""]
    if not others:
        return _is_help(first)
    *between, last = others
    asks = (_is_help(first) and _knows(context, command, last)) or (_knows(context, command, first) and _is_help(last))
    return asks and all(_knows(context, command, word) for word in between)


def _is_help(word: str) -> bool:
    return re.sub("^-+", "-", hyphened(word)) in HELP


def _knows(context: Context, command: Command, word: str) -> bool:
    """Whether a word is one of the command's own: of its forms, a severity, a service, a number or an option."""
    forms = {form.split()[0] for form, _ in command.forms if form}
    services = {"all", *(service.id for service in context.runbook.services)}
    severity = severity_named(word, [each.id for each in context.runbook.severities])
    return word in forms | services or bool(severity or flag_in(word)) or whole_number(word) is not None


def help_text(command: Command) -> str:
    """All forms of a command."""
    forms = [f"• `{f'{command.name} {form}'.strip()}`  {say(text)}" for form, text in command.forms]
    return f"*{command.name}*  {say(command.description)}\n" + "\n".join(forms)


def words_of(command: str, text: str) -> str:
    """What was typed, without what people wrote: the command and its first word, if that is one of its own."""
    word, _ = first_word(text)
    known = {form.split()[0] for form, _ in COMMANDS[command].forms if form} if command in COMMANDS else set()
    return f"{command} {word}" if word in known else command


def field_of(callback: str) -> str | None:
    """The field at which a form's refusal is shown."""
    return FORMS[callback].field if callback in FORMS else None
