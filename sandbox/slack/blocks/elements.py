"""Block elements: buttons, menus, inputs, images; and which block takes which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .checks import (
    Check,
    Field,
    Report,
    anything,
    boolean,
    exactly_one,
    integer,
    items,
    matching,
    may,
    needs,
    obj,
    one_of,
    some_of,
    string,
)
from .objects import (
    ACTION_ID,
    CONFIRM,
    CONVERSATION,
    DISPATCH,
    FILTER,
    OPTION_GROUPS,
    SLACK_FILE,
    TYPE,
    URL,
    USER,
    initial_option_is_offered,
    option,
    option_values_differ,
    options,
    plain,
)

_BASE: Mapping[str, Field] = {"type": TYPE, "action_id": may(string(ACTION_ID))}
_FOCUS: Mapping[str, Field] = {"focus_on_load": may(boolean)}
_CONFIRM: Mapping[str, Field] = {"confirm": may(CONFIRM)}
_PLACEHOLDER: Mapping[str, Field] = {"placeholder": may(plain(150))}
_SELECT = {**_BASE, **_FOCUS, **_CONFIRM, **_PLACEHOLDER}
_MANY: Mapping[str, Field] = {"max_selected_items": may(integer(1, 100))}
_RESPONSE_URL: Mapping[str, Field] = {"response_url_enabled": may(boolean)}
_INPUT = {**_BASE, **_FOCUS, **_PLACEHOLDER, "dispatch_action_config": may(DISPATCH)}
_DATE = matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "a date of the form YYYY-MM-DD")
_TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time of the form HH:mm")
_OPTION_RULES = (initial_option_is_offered, option_values_differ)


def _only_one_focus(report: Report, value: Mapping[str, Any], pointer: str) -> None:
    if value.get("focus_on_load") and report.count("focus_on_load") > 1:
        report.add("only one element may have focus_on_load", f"{pointer}/focus_on_load")


def _lengths_fit(report: Report, value: Mapping[str, Any], pointer: str) -> None:
    if value.get("min_length", 0) > value.get("max_length", 3000):
        report.add("min_length must not be more than max_length", f"{pointer}/min_length")


def _element(fields: Mapping[str, Field], *rules: Check) -> Check:
    return obj(fields, _only_one_focus, *rules)


_MENU: Mapping[str, Field] = {"options": may(options(100)), "option_groups": may(OPTION_GROUPS)}
_STATIC_RULES = (*exactly_one("options", "option_groups"), *_OPTION_RULES)

ELEMENTS: Mapping[str, Check] = {
    "button": obj(
        {
            **_BASE,
            **_CONFIRM,
            "text": needs(plain(75)),
            "url": may(URL),
            "value": may(string(2000)),
            "style": may(one_of("primary", "danger")),
            "accessibility_label": may(string(75)),
            "agent_prompt": may(string(4000)),
            "agent_prompt_display": may(anything),
            "visible_to_user_ids": may(items(USER, low=1, high=100)),
        }
    ),
    "workflow_button": obj(
        {
            **_BASE,
            "text": needs(plain(75)),
            "workflow": needs(anything),
            "style": may(one_of("primary", "danger")),
            "accessibility_label": may(string(75)),
        }
    ),
    "icon_button": obj(
        {
            **_BASE,
            **_CONFIRM,
            "icon": needs(one_of("trash")),
            "text": needs(plain(75)),
            "value": may(string(2000)),
            "accessibility_label": may(string(75)),
            "visible_to_user_ids": may(items(USER, low=1, high=100)),
        }
    ),
    "feedback_buttons": obj({**_BASE, "positive_button": needs(anything), "negative_button": needs(anything)}),
    "overflow": obj({**_BASE, **_CONFIRM, "options": needs(options(5, url=True))}, option_values_differ),
    "checkboxes": _element(
        {
            **_BASE,
            **_FOCUS,
            **_CONFIRM,
            "options": needs(options(10, mrkdwn=True)),
            "initial_options": may(options(10, mrkdwn=True)),
        },
        *_OPTION_RULES,
    ),
    "radio_buttons": _element(
        {
            **_BASE,
            **_FOCUS,
            **_CONFIRM,
            "options": needs(options(10, mrkdwn=True)),
            "initial_option": may(option(mrkdwn=True)),
        },
        *_OPTION_RULES,
    ),
    "static_select": _element({**_SELECT, **_MENU, "initial_option": may(option())}, *_STATIC_RULES),
    "multi_static_select": _element(
        {**_SELECT, **_MENU, **_MANY, "initial_options": may(options(100))}, *_STATIC_RULES
    ),
    "external_select": _element({**_SELECT, "min_query_length": may(integer(0, 255)), "initial_option": may(option())}),
    "multi_external_select": _element(
        {**_SELECT, **_MANY, "min_query_length": may(integer(0, 255)), "initial_options": may(options(100))}
    ),
    "users_select": _element({**_SELECT, "initial_user": may(USER)}),
    "multi_users_select": _element({**_SELECT, **_MANY, "initial_users": may(items(USER, low=1, high=100))}),
    "channels_select": _element({**_SELECT, **_RESPONSE_URL, "initial_channel": may(CONVERSATION)}),
    "multi_channels_select": _element(
        {**_SELECT, **_MANY, "initial_channels": may(items(CONVERSATION, low=1, high=100))}
    ),
    "conversations_select": _element(
        {
            **_SELECT,
            **_RESPONSE_URL,
            "initial_conversation": may(CONVERSATION),
            "default_to_current_conversation": may(boolean),
            "filter": may(FILTER),
        }
    ),
    "multi_conversations_select": _element(
        {
            **_SELECT,
            **_MANY,
            "initial_conversations": may(items(CONVERSATION, low=1, high=100)),
            "default_to_current_conversation": may(boolean),
            "filter": may(FILTER),
        }
    ),
    "datepicker": _element({**_SELECT, "initial_date": may(_DATE)}),
    "timepicker": _element({**_SELECT, "initial_time": may(_TIME), "timezone": may(string(255))}),
    "datetimepicker": _element(
        {**_BASE, **_FOCUS, **_CONFIRM, "initial_date_time": may(integer(1_000_000_000, 9_999_999_999))}
    ),
    "plain_text_input": _element(
        {
            **_INPUT,
            "initial_value": may(string(3000, low=0)),
            "multiline": may(boolean),
            "min_length": may(integer(0, 3000)),
            "max_length": may(integer(1, 3000)),
        },
        _lengths_fit,
    ),
    "rich_text_input": _element(
        {
            **_INPUT,
            "initial_value": may(anything),
            "min_lines": may(integer(1, 100)),
            "max_lines": may(integer(1, 100)),
        }
    ),
    "number_input": _element(
        {
            **_INPUT,
            "is_decimal_allowed": needs(boolean),
            "initial_value": may(string(255)),
            "min_value": may(string(255)),
            "max_value": may(string(255)),
        }
    ),
    "email_text_input": _element({**_INPUT, "initial_value": may(string(3000))}),
    "url_text_input": _element({**_INPUT, "initial_value": may(string(3000))}),
    "file_input": obj(
        {
            **_BASE,
            "filetypes": may(items(string(255), low=1, high=100)),
            "max_files": may(integer(1, 10)),
        }
    ),
    "image": obj(
        {
            "type": TYPE,
            "image_url": may(URL),
            "slack_file": may(SLACK_FILE),
            "alt_text": needs(string(2000, low=0)),
        },
        some_of("image_url", "slack_file"),
    ),
}

_MENUS = frozenset(kind for kind in ELEMENTS if kind.endswith("_select"))
_PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons"})
_TEXT_INPUTS = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input"})


def only(kinds: Iterable[str]) -> dict[str, Check]:
    return {kind: ELEMENTS[kind] for kind in kinds}


ACCESSORIES = only(_MENUS | (_PICKERS - {"datetimepicker"}) | {"button", "workflow_button", "overflow", "image"})
ACTIONS = only(_MENUS | _PICKERS | {"button", "workflow_button", "overflow", "rich_text_input"})
CONTEXT_ACTIONS = only({"feedback_buttons", "icon_button"})
INPUTS = only(_MENUS | _PICKERS | _TEXT_INPUTS)
MODAL_INPUTS = {**INPUTS, **only({"file_input"})}
