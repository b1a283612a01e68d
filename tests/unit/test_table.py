"""The table of areas: what is registered is registered once, and everything is drawn from it."""

from collections import Counter

import pytest

from handlers.slack.home.view import home_view
from handlers.slack.manifest import manifest
from handlers.slack.table import ACTIONS, AREAS, COMMANDS, QUICK_ACTIONS


@pytest.mark.parametrize("kind", ["actions", "forms"])
def test_no_two_areas_register_the_same(kind: str) -> None:
    count = Counter(each for area in AREAS for each in getattr(area, kind))
    assert [each for each, times in count.items() if times > 1] == []


def test_no_two_areas_bring_the_same_command_or_shortcut() -> None:
    names = [command.name for area in AREAS for command in area.commands]
    names += [f"shortcut {each.id}" for area in AREAS for each in area.shortcuts]
    assert sorted(set(names)) == sorted(names)


def test_the_home_offers_the_quick_actions_and_the_help_of_every_command() -> None:
    blocks = home_view("NeonPro", [], [])["blocks"]
    assert [each["action_id"] for each in blocks[1]["elements"]] == [each.action for each in QUICK_ACTIONS]
    assert [name for name in COMMANDS if f"{name} help" not in str(blocks[-1])] == []


def test_every_quick_action_does_something() -> None:
    assert {each.action for each in QUICK_ACTIONS} <= set(ACTIONS)


def test_the_manifest_has_the_shortcuts_of_the_table() -> None:
    declared = [each["callback_id"] for each in manifest()["features"]["shortcuts"]]
    assert declared == [each.id for area in AREAS for each in area.shortcuts]
