"""Text as people type it, and as Slack hands it on: `@alice`, `#devops` and links in angle brackets, & < > escaped."""

from __future__ import annotations

import re

from .workspace import Workspace

_BROADCASTS = frozenset({"here", "channel", "everyone"})
_MARKS = re.compile(
    r"(?P<known><(?:@[UW]\w+|\#[CG]\w+|![a-z]+|!subteam\^S\w+)(?:\|[^<>]*)?>)"
    r"|(?P<link>\bhttps?://[^\s<>|]+)"
    r"|(?<![\w@])@(?P<person>[\w.-]*\w)"
    r"|(?<![\w&#])\#(?P<channel>[\w-]+)"
)


def escaped(text: str, workspace: Workspace) -> str:
    """What a person typed, with names resolved and everything else escaped; unknown names stay as they are."""
    parts, position = [], 0
    for mark in _MARKS.finditer(text):
        parts.append(escape(text[position : mark.start()]))
        parts.append(_resolve(mark, workspace))
        position = mark.end()
    return "".join((*parts, escape(text[position:])))


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _resolve(mark: re.Match[str], workspace: Workspace) -> str:
    if mark["known"]:
        return mark["known"]
    if mark["link"]:
        return f"<{escape(mark['link'])}>"
    if mark["person"]:
        return _person(mark["person"], workspace) or mark[0]
    channel = workspace.channel_named(mark["channel"])
    return f"<#{channel.id}|{channel.name}>" if channel else mark[0]


def _person(name: str, workspace: Workspace) -> str | None:
    if name in _BROADCASTS:
        return f"<!{name}>"
    person = workspace.person_named(name)
    return f"<@{person.id}>" if person else None
