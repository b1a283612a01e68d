"""Block Kit's limits, one case each: what is one too many is refused with a pointer to it, what just fits is taken."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_world import actions, button, modal, plain, section, text_input

from sandbox.slack.blocks.validate import message_problems, view_problems


def option(value: str = "a", **more: Any) -> dict[str, Any]:
    return {"text": plain("x"), "value": value, **more}


def select(*options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "pick", "options": list(options), **more}


def boxes(count: int, **more: Any) -> dict[str, Any]:
    options = [option(str(n)) for n in range(count)]
    return {"type": "checkboxes", "action_id": "ticks", "options": options, **more}


def confirm(**more: Any) -> dict[str, Any]:
    return {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No"), **more}


def cells(rows: int, columns: int) -> list[list[dict[str, Any]]]:
    return [[{"type": "raw_text", "text": "x"}] * columns] * rows


TASK = {"type": "task_card", "task_id": "1", "title": "Migrate", "status": "pending"}
PLAN = {"type": "plan", "title": "Release", "tasks": [TASK]}
ALERT = {"type": "alert", "text": {"type": "mrkdwn", "text": "careful"}, "level": "warning"}
RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]},
        {"type": "rich_text_list", "style": "bullet", "elements": [{"type": "rich_text_section", "elements": []}]},
    ],
}
CONTAINER = {"type": "container", "title": plain("Step"), "child_blocks": [actions(button())]}


def chart(weeks: int, name: str = "Good") -> dict[str, Any]:
    data = [{"label": f"W{week}", "value": week} for week in range(weeks)]
    series = [{"name": name, "data": data}]
    return {"type": "data_visualization", "title": "Weeks", "chart": {"type": "bar", "series": series}}


TAKEN = [
    [chart(20, "x" * 20)],
    [section("x" * 3000)],
    [section()] * 50,
    [{"type": "header", "text": plain("x" * 150)}],
    [actions(*(button(f"b{n}") for n in range(25)))],
    [actions(button(value="x" * 2000, style="danger", confirm=confirm(style="danger")))],
    [actions(boxes(10))],
    [actions(boxes(2, initial_options=[option("1")]))],
    [section(accessory=select(option(), initial_option=option()))],
    [section(accessory={"type": "overflow", "action_id": "more", "options": [option(str(n)) for n in range(5)]})],
    [PLAN],
    [TASK],
    [RICH],
    [CONTAINER],
    [{"type": "markdown", "text": "x" * 12_000}],
    [{"type": "table", "rows": cells(100, 20)}],
    [{"type": "context", "elements": [plain("x")] * 10}],
    [{"type": "section", "fields": [plain("x" * 2000)] * 10}],
    [actions(button()), actions(button(), block_id="other")],
]


@pytest.mark.parametrize("blocks", TAKEN)
def test_what_just_fits_is_taken(blocks: list[dict[str, Any]]) -> None:
    assert [str(problem) for problem in message_problems(blocks)] == []


REFUSED = [
    ([chart(21)], "no more than 20 items allowed", "/blocks/0/chart/series/0/data"),
    ([chart(1, "x" * 21)], "must be less than 21 characters", "/blocks/0/chart/series/0/name"),
    ([section("x" * 3001)], "must be less than 3001 characters", "/blocks/0/text/text"),
    ([section("")], "must be more than 0 characters", "/blocks/0/text/text"),
    ([{"type": "divider"}] * 51, "no more than 50 items allowed", "/blocks"),
    ([{"type": "section"}], "missing required field: text or fields", "/blocks/0"),
    ([{"type": "header", "text": plain("x" * 151)}], "must be less than 151 characters", "/blocks/0/text/text"),
    ([{"type": "header", "text": section()["text"]}], "unsupported type: mrkdwn", "/blocks/0/text/type"),
    ([{"type": "shout"}], "unsupported type: shout", "/blocks/0/type"),
    ([{"type": "divider", "color": "red"}], "invalid additional property: color", "/blocks/0"),
    ([actions()], "no fewer than 1 items allowed", "/blocks/0/elements"),
    ([actions(*(button(f"b{n}") for n in range(26)))], "no more than 25 items allowed", "/blocks/0/elements"),
    ([actions(button(text=plain("x" * 76)))], "must be less than 76 characters", "/blocks/0/elements/0/text/text"),
    ([actions(button(value="x" * 2001))], "must be less than 2001 characters", "/blocks/0/elements/0/value"),
    (
        [actions(button(style="default"))],
        "must be one of the allowed values: primary, danger",
        "/blocks/0/elements/0/style",
    ),
    ([actions(button(url="not a url"))], "must match a URL of at most 3000 characters", "/blocks/0/elements/0/url"),
    ([actions(button(action_id="x" * 256))], "must be less than 256 characters", "/blocks/0/elements/0/action_id"),
    (
        [actions(button(confirm=confirm(title=plain("x" * 101))))],
        "must be less than 101 characters",
        "/blocks/0/elements/0/confirm/title/text",
    ),
    (
        [actions(button(confirm=confirm(confirm=plain("x" * 31))))],
        "must be less than 31 characters",
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    ([actions(button(), button())], "`action_id` press already exists in this block", "/blocks/0/elements/1/action_id"),
    ([actions(button()), actions(button())], "`block_id` already exists: row", "/blocks/1/block_id"),
    ([actions(boxes(11))], "no more than 10 items allowed", "/blocks/0/elements/0/options"),
    ([actions(boxes(2, initial_options=[]))], "no fewer than 1 items allowed", "/blocks/0/elements/0/initial_options"),
    (
        [actions(boxes(2, initial_options=[option("1", description=plain("d"))]))],
        "must exactly match one of the provided options",
        "/blocks/0/elements/0/initial_options/0",
    ),
    ([actions(select(option(), option()))], "duplicate option value: a", "/blocks/0/elements/0"),
    (
        [actions(select(option("x" * 76)))],
        "must be less than 76 characters",
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        [actions(select(*(option(str(n)) for n in range(101))))],
        "no more than 100 items allowed",
        "/blocks/0/elements/0/options",
    ),
    (
        [section(accessory={"type": "overflow", "action_id": "more", "options": [option(str(n)) for n in range(6)]})],
        "no more than 5 items allowed",
        "/blocks/0/accessory/options",
    ),
    ([{"type": "context", "elements": [button()]}], "unsupported type: button", "/blocks/0/elements/0/type"),
    ([{"type": "section", "fields": [plain("x")] * 11}], "no more than 10 items allowed", "/blocks/0/fields"),
    (
        [{"type": "section", "fields": [plain("x" * 2001)]}],
        "must be less than 2001 characters",
        "/blocks/0/fields/0/text",
    ),
    ([PLAN, PLAN], "Cannot have more than 1 plan block", "/blocks/1"),
    ([{"type": "table", "rows": cells(1, 1)}] * 2, "only_one_table_allowed", "/blocks/1"),
    ([{"type": "table", "rows": cells(101, 1)}], "no more than 100 items allowed", "/blocks/0/rows"),
    ([{"type": "table", "rows": cells(1, 21)}], "no more than 20 items allowed", "/blocks/0/rows/0"),
    (
        [{"type": "markdown", "text": "x" * 7000}] * 2,
        "must be less than 12001 characters in all markdown blocks",
        "/blocks/1/text",
    ),
    ([ALERT], "unsupported type: alert", "/blocks/0/type"),
    (
        [{**CONTAINER, "child_blocks": [{"type": "divider"}] * 11}],
        "no more than 10 items allowed",
        "/blocks/0/child_blocks",
    ),
    ([{"type": "image", "alt_text": "x"}], "missing required field: image_url or slack_file", "/blocks/0"),
    ([text_input(max_length=3001)], "must be between 1 and 3000", "/blocks/0/element/max_length"),
    ({"type": "divider"}, "must provide an array", "/blocks"),
]


@pytest.mark.parametrize(("blocks", "message", "pointer"), REFUSED)
def test_what_is_too_much_is_refused_where_it_stands(blocks: Any, message: str, pointer: str) -> None:
    assert [str(problem) for problem in message_problems(blocks)] == [f"[ERROR] {message} [json-pointer:{pointer}]"]


VIEWS = [
    (modal(section()), None, None),
    (modal(ALERT), None, None),
    (modal(*[{"type": "divider"}] * 100), None, None),
    (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed", "/view/blocks"),
    (modal(section(), title=plain("x" * 25)), "must be less than 25 characters", "/view/title/text"),
    (modal(section(), submit=plain("x" * 25)), "must be less than 25 characters", "/view/submit/text"),
    (modal(section(), private_metadata="x" * 3001), "must be less than 3001 characters", "/view/private_metadata"),
    (modal(section(), callback_id="x" * 256), "must be less than 256 characters", "/view/callback_id"),
    (modal(PLAN), "unsupported type: plan", "/view/blocks/0/type"),
    (
        {name: part for name, part in modal(text_input()).items() if name != "submit"},
        "submit is required when an input block is within blocks",
        "/view",
    ),
    (
        modal(text_input(focus_on_load=True), text_input("other", focus_on_load=True)),
        "only one element may have focus_on_load",
        "/view/blocks/1/element/focus_on_load",
    ),
    ({"type": "home", "blocks": [section()]}, None, None),
    ({"type": "home", "blocks": [], "submit": plain("Go")}, "invalid additional property: submit", "/view"),
    ({"type": "home", "blocks": [TASK]}, "unsupported type: task_card", "/view/blocks/0/type"),
]


@pytest.mark.parametrize(("view", "message", "pointer"), VIEWS)
def test_views_have_their_own_limits(view: dict[str, Any], message: str | None, pointer: str | None) -> None:
    expected = [] if message is None else [f"[ERROR] {message} [json-pointer:{pointer}]"]
    assert [str(problem) for problem in view_problems(view)] == expected


FIELDS = ["type", "text", "elements", "block_id", "accessory", "options", "rows", "title", "tasks", "child_blocks"]
TYPES = ["section", "actions", "button", "mrkdwn", "checkboxes", "container", "plan", "table", "data_table", "home"]
LEAVES = st.none() | st.booleans() | st.integers() | st.sampled_from(TYPES) | st.text(max_size=5)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=15,
)


@given(JSON)
def test_nothing_that_can_be_sent_breaks_the_check(anything: Any) -> None:
    for problem in (*message_problems(anything), *message_problems([anything]), *view_problems(anything)):
        assert problem.pointer.startswith(("/blocks", "/view"))
