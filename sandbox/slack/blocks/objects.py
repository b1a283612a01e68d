"""Composition objects of Block Kit: texts, options, confirmation dialogs, dispatch settings, filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .checks import (
    Check,
    Field,
    Report,
    anything,
    boolean,
    by_type,
    items,
    matching,
    may,
    needs,
    obj,
    one_of,
    some_of,
    string,
)

TEXT = 3000
ACTION_ID = 255
TYPE = needs(anything)
URL = matching(r"(https?|mailto|tel|slack|ftp):\S{1,2990}", "a URL of at most 3000 characters")
USER = matching(r"[UW][A-Z0-9]+", "a user id")
CONVERSATION = matching(r"[CDG][A-Z0-9]+", "a conversation id")


def _plain(high: int, low: int) -> Check:
    return obj({"type": TYPE, "text": needs(string(high, low)), "emoji": may(boolean)})


def _mrkdwn(high: int, low: int) -> Check:
    return obj({"type": TYPE, "text": needs(string(high, low)), "verbatim": may(boolean)})


def plain(high: int, low: int = 1) -> Check:
    """A plain_text object of at most `high` characters."""
    return by_type({"plain_text": _plain(high, low)})


def text(high: int = TEXT, low: int = 1) -> Check:
    """A plain_text or mrkdwn object."""
    return by_type({"plain_text": _plain(high, low), "mrkdwn": _mrkdwn(high, low)})


CONFIRM = obj(
    {
        "title": needs(plain(100)),
        "text": needs(text(300)),
        "confirm": needs(plain(30)),
        "deny": needs(plain(30)),
        "style": may(one_of("primary", "danger")),
    }
)


def option(*, mrkdwn: bool = False, url: bool = False) -> Check:
    """An option; the value's limit is the stricter of the two that Slack's sources name (75)."""
    label = text if mrkdwn else plain
    fields: dict[str, Field] = {
        "text": needs(label(75)),
        "value": needs(string(75)),
        "description": may(label(75)),
    }
    if url:
        fields["url"] = may(URL)
    return obj(fields)


def options(high: int, *, low: int = 1, mrkdwn: bool = False, url: bool = False) -> Check:
    return items(option(mrkdwn=mrkdwn, url=url), low=low, high=high)


OPTION_GROUPS = items(obj({"label": needs(plain(75)), "options": needs(options(100))}), low=1, high=100)
DISPATCH = obj({"trigger_actions_on": needs(items(one_of("on_enter_pressed", "on_character_entered"), low=1, high=2))})
FILTER = obj(
    {
        "include": may(items(one_of("im", "mpim", "private", "public"), low=1, high=4)),
        "exclude_external_shared_channels": may(boolean),
        "exclude_bot_users": may(boolean),
    },
    some_of("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
SLACK_FILE = obj({"id": may(string(255)), "url": may(URL)}, some_of("id", "url"))


def initial_option_is_offered(report: Report, value: Mapping[str, Any], pointer: str) -> None:
    """A rule: `initial_option` and `initial_options` are among the options, exactly as they are there."""
    offered = _offered(value)
    chosen = [("initial_option", value["initial_option"])] if "initial_option" in value else []
    chosen += [(f"initial_options/{n}", one) for n, one in enumerate(value.get("initial_options") or ())]
    for name, one in chosen:
        if one not in offered:
            report.add("must exactly match one of the provided options", f"{pointer}/{name}")


def _offered(value: Mapping[str, Any]) -> Sequence[Any]:
    groups = value.get("option_groups") or ()
    return [*(value.get("options") or ()), *(one for group in groups for one in group["options"])]


def option_values_differ(report: Report, value: Mapping[str, Any], pointer: str) -> None:
    """A rule: no two options of one element share a value."""
    seen: set[Any] = set()
    for one in _offered(value):
        if one["value"] in seen:
            report.add(f"duplicate option value: {one['value']}", pointer)
        seen.add(one["value"])
