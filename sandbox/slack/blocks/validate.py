"""Checking what an app sends, as Slack's servers do, and the errors they answer.

Imitated: the limits, required and unknown fields, allowed values and surfaces of every block and element that Slack's
reference names. Where its sources disagree about a length the stricter one holds (option values: 75).
Not imitated: the inside of charts, feedback buttons, workflow buttons and the initial value of a rich_text_input; files
and images are not fetched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import SlackError
from .checks import Check, Json, Problem, Report, boolean, may, needs, obj, one_of, string
from .layouts import blocks as blocks_check
from .objects import plain

VIEW_BYTES = 250_000
_MESSAGE_BLOCKS = blocks_check("message")


def _submit_with_inputs(report: Report, value: Json, pointer: str) -> None:
    if "submit" not in value and any(block.get("type") == "input" for block in value["blocks"]):
        report.add("submit is required when an input block is within blocks", pointer)


_SHARED_FIELDS = {
    "private_metadata": may(string(3000, low=0)),
    "callback_id": may(string(255, low=0)),
    "external_id": may(string(255, low=0)),
}
_MODAL = obj(
    {
        **_SHARED_FIELDS,
        "type": needs(one_of("modal")),
        "title": needs(plain(24)),
        "blocks": needs(blocks_check("modal")),
        "close": may(plain(24)),
        "submit": may(plain(24)),
        "clear_on_close": may(boolean),
        "notify_on_close": may(boolean),
        "submit_disabled": may(boolean),
    },
    _submit_with_inputs,
)
_HOME = obj({**_SHARED_FIELDS, "type": needs(one_of("home")), "blocks": needs(blocks_check("home"))})


def message_problems(blocks: Any) -> list[Problem]:
    """What is wrong with a message's blocks; pointers begin with /blocks."""
    return _problems(_MESSAGE_BLOCKS, blocks, "/blocks")


def view_problems(view: Any) -> list[Problem]:
    """What is wrong with a view; pointers begin with /view."""
    kind = view.get("type") if isinstance(view, Mapping) else None
    return _problems(_HOME if kind == "home" else _MODAL, view, "/view")


def check_message_blocks(blocks: Any) -> None:
    """Raises invalid_blocks with its reasons."""
    _raise("invalid_blocks", message_problems(blocks))


def check_view(view: Any) -> None:
    """Raises invalid_arguments with its reasons (that is how views.* answer), or view_too_large."""
    _raise("invalid_arguments", view_problems(view))
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")


def _problems(check: Check, value: Any, pointer: str) -> list[Problem]:
    report = Report()
    check(report, value, pointer)
    return report.problems


def _raise(error: str, problems: Sequence[Problem]) -> None:
    if problems:
        reasons = [str(problem) for problem in problems]
        extra: dict[str, Any] = {"errors": [r.removeprefix("[ERROR] ") for r in reasons]}
        if error == "invalid_arguments":
            extra = {}
        raise SlackError(error, response_metadata={"messages": reasons}, **extra)
