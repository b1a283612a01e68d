"""The manifest: what Slack would take, and the least scopes that do."""

import ast
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from slack_sdk.web.async_client import AsyncWebClient
from typer.testing import CliRunner

from bot.cli import cli
from handlers.slack.client.api import METHODS
from handlers.slack.manifest import DOWNLOADS, EVENTS, SCOPES, manifest, scopes
from handlers.slack.table import COMMANDS
from sandbox import PEOPLE
from sandbox.slack import PracticeSlack
from sandbox.slack.api.dispatch import METHODS as PRACTISED

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "tests" / "manifest.schema.json"
APP_TOKEN_METHODS = {"apps.connections.open"}
"""Called with the app-level token, whose scope is not in the manifest."""
TABLES = ("api.py", "manifest.py", "budgets.py")
LEFT_OVER = {"bookmarks.add", "bookmarks:write"}
"""In the tables without a use."""
UPLOADS = {"files.upload": ("files.getUploadURLExternal", "files.completeUploadExternal")}
"""What the SDK makes of a method that Slack has given up."""


def validator() -> Draft7Validator:
    """Slack's own schema of a manifest of version 2."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    return Draft7Validator({"definitions": schema["definitions"], "$ref": "#/definitions/v2__root"})


def test_the_manifest_is_valid_by_slacks_schema() -> None:
    assert [error.message for error in validator().iter_errors(manifest())] == []


@pytest.mark.parametrize(
    "change",
    [
        {"display_information": {}},
        {"settings": {"socket_mode_enabled": "yes"}},
        {"features": {"slash_commands": [{"command": "incident"}]}},
        {"no_such_section": {}},
    ],
)
def test_slacks_schema_finds_what_is_wrong(change: Mapping[str, Any]) -> None:
    assert list(validator().iter_errors({**manifest(), **change}))


def test_the_practice_slack_takes_it() -> None:
    assert PracticeSlack(manifest=manifest(), people=PEOPLE, channels=("general",))


def test_the_file_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(cli, ["manifest"])
    assert printed.stdout == (ROOT / "manifest.yml").read_text("utf-8")


def test_every_command_is_declared() -> None:
    declared = {each["command"] for each in manifest()["features"]["slash_commands"]}
    assert declared == set(COMMANDS)


def known(name: str) -> Any:
    """A parameter; what is known to be left over fails until it is used or taken away."""
    left_over = [pytest.mark.xfail(strict=True, reason="nothing adds bookmarks")] if name in LEFT_OVER else []
    return pytest.param(name, marks=left_over)


@cache
def trees() -> tuple[tuple[Path, ast.AST], ...]:
    files = [file for part in ("bot", "handlers", "storage") for file in (ROOT / part).rglob("*.py")]
    return tuple((file, ast.parse(file.read_text("utf-8"))) for file in files)


@cache
def called() -> set[str]:
    """Every Web API method that the code names outside of its tables."""
    words = {
        node.value
        for file, tree in trees()
        if file.name not in TABLES
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {word for word in words if word in METHODS or word in PRACTISED}


@pytest.mark.parametrize("method", [known(method) for method in sorted(METHODS)])
def test_every_method_of_the_table_is_called(method: str) -> None:
    assert method in called()


def test_every_method_that_is_called_is_in_the_table() -> None:
    assert called() - METHODS.keys() == APP_TOKEN_METHODS


def test_nobody_calls_slack_past_the_table() -> None:
    sdk = {name for name in dir(AsyncWebClient) if "_" in name.strip("_") and not name.startswith("_")}
    past = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.attr}"
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in sdk - {"base_url", "default_params"}
    ]
    # The ticket of Socket Mode is had with the app-level token, which needs no scope of the bot.
    assert [each.split()[-1] for each in past] == ["apps_connections_open"]


def test_every_method_names_its_scopes() -> None:
    assert SCOPES.keys() == METHODS.keys()


@pytest.mark.parametrize("scope", [known(scope) for scope in scopes()])
def test_every_scope_has_a_use(scope: str) -> None:
    of_methods = {each for method in called() & SCOPES.keys() for each in SCOPES[method]}
    of_events = {each for needed in EVENTS.values() for each in needed}
    assert scope in of_methods | of_events | {"commands", *DOWNLOADS}


@pytest.mark.parametrize("method", sorted({each for name in METHODS for each in UPLOADS.get(name, (name,))}))
def test_the_scopes_suffice_for_a_slack_that_checks(method: str) -> None:
    needed = PRACTISED[method].scopes
    assert callable(needed) or not needed or set(needed) & set(scopes())


def test_every_event_has_a_listener() -> None:
    text = (ROOT / "handlers" / "slack" / "bolt.py").read_text("utf-8")
    # `message.channels` is told as `message`.
    heard = [event.partition(".")[0] for event in manifest()["settings"]["event_subscriptions"]["bot_events"]]
    assert [event for event in heard if f'"{event}"' not in text] == []
