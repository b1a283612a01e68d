"""The blocks themselves and on which surface each may stand: Slack's messages, modals and home tabs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from .checks import (
    Check,
    Field,
    Report,
    anything,
    boolean,
    by_type,
    integer,
    items,
    may,
    needs,
    number,
    obj,
    one_of,
    some_of,
    string,
)
from .elements import ACCESSORIES, ACTIONS, CONTEXT_ACTIONS, ELEMENTS, INPUTS, MODAL_INPUTS
from .objects import SLACK_FILE, TEXT, TYPE, URL, plain, text
from .rich_text import PARTS
from .rules import (
    actions_differ,
    at_most,
    header_row_first,
    markdown_in_all,
    rows_are_even,
    table_cells_in_all,
)

Surface = Literal["message", "modal", "home"]
_ID: Mapping[str, Field] = {"type": TYPE, "block_id": may(string(255))}
_IMAGE = by_type({"image": ELEMENTS["image"]})
_RICH_TEXT = by_type({"rich_text": obj({**_ID, "elements": needs(PARTS)})})
_RAW_TEXT = obj({"type": TYPE, "text": needs(string(TEXT, low=0))})
_RAW_NUMBER = obj({"type": TYPE, "value": needs(number), "text": may(string(TEXT))})
_CELL = by_type({"raw_text": _RAW_TEXT, "rich_text": obj({**_ID, "elements": needs(PARTS)})})
_DATA_CELL = by_type(
    {"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER, "rich_text": obj({**_ID, "elements": needs(PARTS)})}
)
_COLUMN = obj({"is_wrapped": may(boolean), "align": may(one_of("left", "center", "right"))})

_TASK: Mapping[str, Field] = {
    **_ID,
    "task_id": needs(string(255)),
    "title": needs(string(TEXT)),
    "status": may(one_of("pending", "in_progress", "complete", "error")),
    "details": may(_RICH_TEXT),
    "output": may(_RICH_TEXT),
    "sources": may(items(obj({"type": TYPE, "url": needs(URL), "text": needs(string(TEXT))}), high=100)),
}
_CARD_BUTTON = by_type({"button": ELEMENTS["button"]})
_CARD = obj(
    {
        **_ID,
        "title": may(text(150)),
        "subtitle": may(text(150)),
        "body": may(text(200)),
        "subtext": may(text(200)),
        "icon": may(_IMAGE),
        "slack_icon": may(anything),
        "hero_image": may(_IMAGE),
        "actions": may(items(_CARD_BUTTON, low=1, high=2)),
    },
    some_of("hero_image", "title", "actions", "body"),
    actions_differ,
)


def _input(elements: Mapping[str, Check]) -> Check:
    return obj(
        {
            **_ID,
            "label": needs(plain(2000)),
            "element": needs(by_type(elements)),
            "hint": may(plain(2000)),
            "optional": may(boolean),
            "dispatch_action": may(boolean),
        }
    )


EVERYWHERE: Mapping[str, Check] = {
    "actions": obj({**_ID, "elements": needs(items(by_type(ACTIONS), low=1, high=25))}, actions_differ),
    "context": obj(
        {
            **_ID,
            "elements": needs(
                items(by_type({"image": ELEMENTS["image"], "plain_text": text(), "mrkdwn": text()}), low=1, high=10)
            ),
        }
    ),
    "divider": obj(_ID),
    "header": obj({**_ID, "text": needs(plain(150)), "level": may(integer(1, 4))}),
    "image": obj(
        {
            **_ID,
            "image_url": may(URL),
            "slack_file": may(SLACK_FILE),
            "alt_text": needs(string(2000, low=0)),
            "title": may(plain(2000)),
        },
        some_of("image_url", "slack_file"),
    ),
    "input": _input(INPUTS),
    "rich_text": obj({**_ID, "elements": needs(PARTS)}),
    "section": obj(
        {
            **_ID,
            "text": may(text()),
            "fields": may(items(text(2000), low=1, high=10)),
            "accessory": may(by_type(ACCESSORIES)),
            "expand": may(boolean),
        },
        some_of("text", "fields"),
    ),
    "video": obj(
        {
            **_ID,
            "video_url": needs(URL),
            "thumbnail_url": needs(URL),
            "alt_text": needs(string(2000)),
            "title": needs(plain(199)),
            "title_url": may(URL),
            "description": may(plain(200)),
            "author_name": may(string(49)),
            "provider_name": may(string(50)),
            "provider_icon_url": may(URL),
        }
    ),
}
_TABLE = obj(
    {
        **_ID,
        "rows": needs(items(items(_CELL, low=1, high=20), low=1, high=100)),
        "column_settings": may(items(_COLUMN, high=20)),
    },
    at_most(1, "table", "only_one_table_allowed"),
    table_cells_in_all,
)
_DATA_TABLE = obj(
    {
        **_ID,
        "caption": may(string(TEXT)),
        "page_size": may(integer(1, 100)),
        "row_header_column_index": may(integer(0, 19)),
        "rows": needs(items(items(_DATA_CELL, low=1, high=20), low=2, high=100)),
    },
    rows_are_even,
    header_row_first,
    table_cells_in_all,
)
_PLAN = obj(
    {**_ID, "title": needs(string(TEXT)), "tasks": may(items(by_type({"task_card": obj(_TASK)}), low=1, high=50))},
    at_most(1, "plan", "Cannot have more than 1 plan block"),
)
_IN_CONTAINERS = {
    **{kind: EVERYWHERE[kind] for kind in EVERYWHERE},
    "table": _TABLE,
}
_CONTAINER = obj(
    {
        **_ID,
        "title": may(plain(150)),
        "rich_text_title": may(_RICH_TEXT),
        "subtitle": may(plain(150)),
        "icon": may(_IMAGE),
        "width": may(one_of("narrow", "standard", "wide", "full")),
        "is_collapsible": may(boolean),
        "default_collapsed": may(boolean),
        "child_blocks": needs(items(by_type(_IN_CONTAINERS), low=1, high=10)),
    },
    some_of("title", "rich_text_title"),
)
_POINTS = items(obj({"label": needs(string(20)), "value": needs(number)}), low=1, high=20)
_CHART = obj(
    {
        "type": needs(one_of("line", "bar", "area", "pie")),
        "series": may(items(obj({"name": needs(string(20)), "data": needs(_POINTS)}), low=1, high=6)),
        "segments": may(items(anything, low=1, high=6)),
        "axis_config": may(
            obj(
                {
                    "categories": may(items(string(20), low=1, high=20)),
                    "x_label": may(string(50)),
                    "y_label": may(string(50)),
                }
            )
        ),
    },
    some_of("series", "segments"),
)
_MESSAGES_ONLY: Mapping[str, Check] = {
    "plan": _PLAN,
    "task_card": obj(_TASK),
    "markdown": obj({**_ID, "text": needs(string(12_000))}, markdown_in_all),
    "context_actions": obj({**_ID, "elements": needs(items(by_type(CONTEXT_ACTIONS), low=1, high=5))}, actions_differ),
    "container": _CONTAINER,
    "data_visualization": obj(
        {**_ID, "title": needs(string(50)), "chart": needs(_CHART)},
        at_most(2, "data_visualization", "Cannot have more than 2 data_visualization blocks"),
    ),
}
_ALERT = obj(
    {
        **_ID,
        "text": needs(text(200)),
        "level": may(one_of("default", "info", "warning", "error", "success")),
    }
)
_CAROUSEL = obj({**_ID, "elements": needs(items(by_type({"card": _CARD}), low=1, high=10))})
_TABLES: Mapping[str, Check] = {"table": _TABLE, "data_table": _DATA_TABLE}

SURFACES: Mapping[Surface, Mapping[str, Check]] = {
    "message": {**EVERYWHERE, **_MESSAGES_ONLY, **_TABLES, "card": _CARD, "carousel": _CAROUSEL},
    "modal": {**EVERYWHERE, "input": _input(MODAL_INPUTS), "card": _CARD, "alert": _ALERT},
    "home": {**EVERYWHERE, **_TABLES, "card": _CARD, "carousel": _CAROUSEL},
}
MOST_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}


def blocks(surface: Surface) -> Check:
    """A list of blocks for this surface: allowed types, counts, and block_ids that differ."""
    one = by_type(SURFACES[surface])

    def check_one(report: Report, value: Any, pointer: str) -> None:
        one(report, value, pointer)
        _block_ids_differ(report, value, pointer)

    return items(check_one, high=MOST_BLOCKS[surface])


def _block_ids_differ(report: Report, value: Any, pointer: str) -> None:
    if not isinstance(value, Mapping):
        return
    block_id = value.get("block_id")
    if isinstance(block_id, str):
        if block_id in report.block_ids:
            report.add(f"`block_id` already exists: {block_id}", f"{pointer}/block_id")
        report.block_ids.add(block_id)
    children = value.get("child_blocks")
    for position, child in enumerate(children if isinstance(children, list) else ()):
        _block_ids_differ(report, child, f"{pointer}/child_blocks/{position}")
