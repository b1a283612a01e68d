"""The values of inputs: what they start with, what a person may put in, what Slack's client checks before it sends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .blocks.walk import elements
from .errors import Impossible

Json = Mapping[str, Any]
Values = dict[str, dict[str, Any]]


class Kind(NamedTuple):
    """How an element holds its value: the field in `state`, the field it starts from, and the empty value."""

    field: str
    initial: str
    empty: Any = None


KINDS: Mapping[str, Kind] = {
    "plain_text_input": Kind("value", "initial_value"),
    "email_text_input": Kind("value", "initial_value"),
    "number_input": Kind("value", "initial_value"),
    "url_text_input": Kind("value", "initial_value"),
    "rich_text_input": Kind("rich_text_value", "initial_value"),
    "static_select": Kind("selected_option", "initial_option"),
    "external_select": Kind("selected_option", "initial_option"),
    "users_select": Kind("selected_user", "initial_user"),
    "conversations_select": Kind("selected_conversation", "initial_conversation"),
    "channels_select": Kind("selected_channel", "initial_channel"),
    "multi_static_select": Kind("selected_options", "initial_options", ()),
    "multi_external_select": Kind("selected_options", "initial_options", ()),
    "multi_users_select": Kind("selected_users", "initial_users", ()),
    "multi_conversations_select": Kind("selected_conversations", "initial_conversations", ()),
    "multi_channels_select": Kind("selected_channels", "initial_channels", ()),
    "checkboxes": Kind("selected_options", "initial_options", ()),
    "radio_buttons": Kind("selected_option", "initial_option"),
    "datepicker": Kind("selected_date", "initial_date"),
    "timepicker": Kind("selected_time", "initial_time"),
    "datetimepicker": Kind("selected_date_time", "initial_date_time"),
    "file_input": Kind("files", "", ()),
}


def initial_value(element: Json) -> dict[str, Any]:
    """The state of an element that nobody touched."""
    kind = KINDS[element["type"]]
    value = element.get(kind.initial, kind.empty) if kind.initial else kind.empty
    return {"type": element["type"], kind.field: list(value) if isinstance(value, tuple) else value}


def carried_over(before: Values, blocks: Sequence[Json]) -> Values:
    """The state of these blocks: what was typed where block_id, action_id and type are the same, else the start."""
    values: Values = {}
    for block, element in elements(blocks):
        if element["type"] in KINDS:
            kept = before.get(block["block_id"], {}).get(element["action_id"], {})
            same = kept.get("type") == element["type"]
            values.setdefault(block["block_id"], {})[element["action_id"]] = kept if same else initial_value(element)
    return values


def value_from(element: Json, given: Json) -> dict[str, Any]:
    """The state of an element after a person put `given` in. Raises Impossible for what the element does not offer."""
    kind = KINDS[element["type"]]
    value = given.get(kind.field, kind.empty)
    if isinstance(value, (list, tuple)):
        value = [_offered(element, one) for one in value]
    elif kind.field == "selected_option" and value is not None:
        value = _offered(element, value)
    return {"type": element["type"], kind.field: value}


def _offered(element: Json, chosen: Any) -> Any:
    """The element's own option for what was chosen: by whole option or by its value alone."""
    options = _options(element)
    if not options:
        return chosen
    wanted = chosen.get("value") if isinstance(chosen, Mapping) else chosen
    for option in options:
        if option.get("value") == wanted:
            return option
    raise Impossible("no_such_option", f"{element.get('action_id')} offers no option with the value {wanted!r}.")


def option_of(element: Json, chosen: Any) -> Any:
    """The option of an overflow menu or select with this value. Raises Impossible."""
    return _offered(element, chosen)


def _options(element: Json) -> list[Json]:
    groups = element.get("option_groups") or ()
    return [*(element.get("options") or ()), *(option for group in groups for option in group["options"])]


def problems(blocks: Sequence[Json], values: Values) -> dict[str, str]:
    """What Slack's client says under the inputs before it sends anything: `{block_id: sentence}`."""
    found: dict[str, str] = {}
    for block, element in elements(blocks):
        if block["type"] == "input" and element["type"] in KINDS:
            value = values.get(block["block_id"], {}).get(element["action_id"], {})
            problem = _problem(block, element, value.get(KINDS[element["type"]].field))
            if problem:
                found[block["block_id"]] = problem
    return found


def _problem(block: Json, element: Json, value: Any) -> str | None:
    if value in (None, "", [], ()):
        return None if block.get("optional") else "Please complete this required field."
    check = _CHECKS.get(element["type"])
    return check(element, value) if check else None


def _text_problem(element: Json, value: str) -> str | None:
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < low:
        return f"Your entry must be at least {low} characters."
    return f"Your entry must be {high} characters or fewer." if len(value) > high else None


def _number_problem(element: Json, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, str(value)):
        return "Enter a number." if element.get("is_decimal_allowed") else "Enter a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and float(value) < float(low):
        return f"Enter a number of at least {low}."
    return f"Enter a number of at most {high}." if high is not None and float(value) > float(high) else None


def _email_problem(element: Json, value: str) -> str | None:
    return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else "Enter a valid email address."


def _url_problem(element: Json, value: str) -> str | None:
    return None if re.fullmatch(r"https?://\S+", value) else "Enter a valid URL."


def _count_problem(element: Json, value: Sequence[Any]) -> str | None:
    most = element.get("max_selected_items")
    return f"Select up to {most} items." if most is not None and len(value) > most else None


_CHECKS: Mapping[str, Callable[[Json, Any], str | None]] = {
    "plain_text_input": _text_problem,
    "number_input": _number_problem,
    "email_text_input": _email_problem,
    "url_text_input": _url_problem,
    "multi_static_select": _count_problem,
    "multi_external_select": _count_problem,
    "multi_users_select": _count_problem,
    "multi_conversations_select": _count_problem,
    "multi_channels_select": _count_problem,
}
