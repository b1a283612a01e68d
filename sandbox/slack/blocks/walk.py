"""Walking over blocks: their interactive elements, and filling in the ids an app left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]

INTERACTIVE = frozenset(
    {
        "button",
        "checkboxes",
        "channels_select",
        "conversations_select",
        "datepicker",
        "datetimepicker",
        "email_text_input",
        "external_select",
        "feedback_buttons",
        "file_input",
        "icon_button",
        "multi_channels_select",
        "multi_conversations_select",
        "multi_external_select",
        "multi_static_select",
        "multi_users_select",
        "number_input",
        "overflow",
        "plain_text_input",
        "radio_buttons",
        "rich_text_input",
        "static_select",
        "timepicker",
        "url_text_input",
        "users_select",
        "workflow_button",
    }
)
_NESTED_BLOCKS = {"container": "child_blocks", "carousel": "elements"}
_ELEMENT_LISTS = {"actions": "elements", "context_actions": "elements", "card": "actions"}
_SINGLE_ELEMENTS = {"section": "accessory", "input": "element"}


def every_block(blocks: Sequence[Json]) -> Iterator[Json]:
    """Each block, and after a container or carousel the blocks inside it."""
    for block in blocks:
        yield block
        if nested := _NESTED_BLOCKS.get(block.get("type", "")):
            yield from every_block(block.get(nested) or ())


def elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with the block it is in."""
    for block in every_block(blocks):
        kind = block.get("type", "")
        found = list(block.get(_ELEMENT_LISTS.get(kind, ""), None) or ())
        if (single := block.get(_SINGLE_ELEMENTS.get(kind, ""), None)) is not None:
            found.append(single)
        for element in found:
            if element.get("type") in INTERACTIVE:
                yield block, element


def with_ids(blocks: Sequence[Json], short: Callable[[], str]) -> list[Json]:
    """The blocks as Slack keeps them: every block has a block_id, every interactive element an action_id."""
    return [_block_with_ids(block, short) for block in blocks]


def _block_with_ids(block: Json, short: Callable[[], str]) -> Json:
    kind = block.get("type", "")
    filled = {**block, "block_id": block.get("block_id") or short()}
    if nested := _NESTED_BLOCKS.get(kind):
        filled[nested] = with_ids(block.get(nested) or (), short)
    if (many := _ELEMENT_LISTS.get(kind)) and many in block:
        filled[many] = [_element_with_id(element, short) for element in block[many]]
    if (single := _SINGLE_ELEMENTS.get(kind)) and single in block:
        filled[single] = _element_with_id(block[single], short)
    return filled


def _element_with_id(element: Json, short: Callable[[], str]) -> Json:
    if element.get("type") not in INTERACTIVE:
        return element
    return {**element, "action_id": element.get("action_id") or short()}
