"""The few elements of Block Kit that everything is made of, with Slack's limits kept.

Limits: https://docs.slack.dev/reference/block-kit (section text 3000, header 150, button text 75, value 2000,
confirm 100/300/30/30, 50 blocks a message; chat.update takes at most 4000 characters of text).
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from bot.text import say, shorten
from bot.text.legible import legible, one_line
from handlers.slack.blocks.references import Ref, write_ref

Block = dict[str, Any]
Style = Literal["primary", "danger"] | None
BLOCKS_PER_MESSAGE = 50
SECTION_LIMIT = 3000
TEXT_LIMIT = 3900
DATE = "{date_short_pretty} {time}"
"""How Slack writes a day and a time (`when`)."""
_USER = re.compile(r"&lt;@([UW][A-Z0-9]+)&gt;")


@dataclass(frozen=True)
class Message:
    """What Slack is sent. `text` says all that the blocks say: screen readers and notifications read only it."""

    text: str
    blocks: list[Block] = field(default_factory=list)


def escape(text: str) -> str:
    """Text from outside on one line, harmless in mrkdwn: no mention, link, other line or other direction comes in."""
    return _escaped(one_line(text) or _nothing_seen(text))


def escape_lines(text: str) -> str:
    """The same, where its lines may stand as they are."""
    return _escaped(legible(text) or _nothing_seen(text))


def _nothing_seen(text: str) -> str:
    """A text of which nothing can be seen shows that it is there."""
    return "\ufffd" if text else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sentence(text: str) -> str:
    """A sentence of ours on one line: escaped, but mentions of users that we wrote ourselves (`<@U…>`) work."""
    return _USER.sub(r"<@\1>", escape(text))


def sentences(text: str) -> str:
    """The same, where its lines may stand as they are."""
    return _USER.sub(r"<@\1>", escape_lines(text))


def user(user_id: str | None) -> str:
    """A mention, or the bot's name."""
    return f"<@{user_id}>" if user_id and user_id != "neonops" else "NeonOps"


def when(moment: datetime, form: str = "{time}") -> str:
    """A time that every reader sees in their own zone; the fallback says UTC."""
    return f"<!date^{int(moment.timestamp())}^{form}|{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC>"


def mrkdwn(text: str, limit: int = SECTION_LIMIT) -> Block:
    """A mrkdwn text object; `text` is escaped already."""
    return {"type": "mrkdwn", "text": shorten(text, limit) or " "}


def plain(text: str, limit: int) -> Block:
    """A plain text object; nothing in it is parsed."""
    return {"type": "plain_text", "text": shorten(legible(text) or _nothing_seen(text), limit) or " ", "emoji": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def section(text: str, accessory: Block | None = None, *, block_id: str | None = None) -> Block:
    block = {"type": "section", "text": mrkdwn(text)}
    if block_id:
        block["block_id"] = block_id
    return {**block, "accessory": accessory} if accessory else block


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:10]]}


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Block, block_id: str | None = None) -> Block:
    block: Block = {"type": "actions", "elements": list(elements)}
    return {**block, "block_id": block_id} if block_id else block


def button(
    text: str, action: str, ref: Ref | str, *, style: Style = None, about: str = "", sure: Block | None = None
) -> Block:
    """A button. `about` is what a screen reader adds: which of the many equal buttons this is."""
    value = ref if isinstance(ref, str) else write_ref(ref)
    element: Block = {"type": "button", "text": plain(text, 75), "action_id": action, "value": value}
    if style:
        element["style"] = style
    if about:
        element["accessibility_label"] = shorten(f"{text}: {about}", 75)
    return {**element, "confirm": sure} if sure else element


def confirm(title: str, text: str, yes: str, *, no: str = "", danger: bool = True) -> Block:
    """A dialog before a button acts; `no` is the other button, *Cancel* when absent."""
    dialog: Block = {
        "title": plain(title, 100),
        "text": {"type": "mrkdwn", "text": shorten(text, 300)},
        "confirm": plain(yes, 30),
        "deny": plain(no or say("Cancel"), 30),
    }
    return {**dialog, "style": "danger"} if danger else dialog


def option(text: str, value: str, description: str = "") -> Block:
    element: Block = {"text": plain(text, 75), "value": value}
    return {**element, "description": plain(description, 75)} if description else element


def select(action: str, placeholder: str, options: list[Block], initial: Block | None = None) -> Block:
    element: Block = {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain(placeholder, 150),
        "options": options[:100],
    }
    return {**element, "initial_option": initial} if initial in options else element


def text_input(label: str, name: str, *, multiline: bool = False, limit: int = 3000, **more: Any) -> Block:
    """A field of a form; its value is found under `name`."""
    element: Block = {"type": "plain_text_input", "action_id": name, "multiline": multiline, "max_length": limit}
    hint, optional, initial = more.get("hint"), more.get("optional", False), more.get("initial")
    if initial:
        element["initial_value"] = shorten(initial, limit)
    if more.get("placeholder"):
        element["placeholder"] = plain(more["placeholder"], 150)
    block: Block = {"type": "input", "block_id": name, "label": plain(label, 2000), "element": element}
    block["optional"] = optional
    return {**block, "hint": plain(hint, 2000)} if hint else block


def select_input(label: str, name: str, options: list[Block], initial: Block | None = None) -> Block:
    """A choice in a form; its value is found under `name`."""
    element = select(name, label, options, initial)
    return {"type": "input", "block_id": name, "label": plain(label, 2000), "element": element}


def date_input(label: str, name: str, initial: str) -> Block:
    """A day in a form (`2026-11-28`); its value is found under `name`."""
    return _picker(label, name, {"type": "datepicker", "initial_date": initial})


def time_input(label: str, name: str, initial: str, *, hint: str) -> Block:
    """A time of the day in a form (`14:30`); its value is found under `name`."""
    return {**_picker(label, name, {"type": "timepicker", "initial_time": initial}), "hint": plain(hint, 2000)}


def _picker(label: str, name: str, element: Block) -> Block:
    return {"type": "input", "block_id": name, "label": plain(label, 2000), "element": {**element, "action_id": name}}


def choices_input(label: str, name: str, options: list[Block], initial: list[Block], *, hint: str = "") -> Block:
    """A choice of any number in a form, also of none; its values are found under `name`, by commas."""
    element: Block = {"type": "multi_static_select", "action_id": name, "options": options[:100],
                      "placeholder": plain(label, 150)}  # fmt: skip
    if initial:
        element["initial_options"] = initial
    block = {"type": "input", "block_id": name, "label": plain(label, 2000), "element": element, "optional": True}
    return {**block, "hint": plain(hint, 2000)} if hint else block


def tick_input(label: str, name: str, words: str) -> Block:
    """A box in a form that has to be ticked; its value is found under `name`."""
    element = {"type": "checkboxes", "action_id": name, "options": [option(words, "yes")]}
    return {"type": "input", "block_id": name, "label": plain(label, 2000), "element": element}


def modal(title: str, callback: str, blocks: list[Block], *, submit: str, about: Ref) -> Block:
    """A form. `about` comes back with the submission (private_metadata)."""
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain(say("Cancel"), 24),
        "private_metadata": write_ref(about),
        "blocks": blocks,
    }


def quote(text: str) -> str:
    """Found words as a mrkdwn quote, escaped, line by line."""
    return "\n".join(f"> {line}" for line in escape_lines(text).split("\n"))


def code(text: str) -> str:
    """Output as preformatted text that cannot break out of its fence."""
    return "```" + escape_lines(text).replace("```", "'''") + "```"
