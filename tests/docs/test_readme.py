"""README.md, .env.example and what they name say what the code does."""

import re
from pathlib import Path

import pytest
import yaml
from readme_tables import README, ROOT, TABLES, between, settings
from typer.main import get_command

from bot.cli import cli
from bot.people import load_team
from bot.runbook.load import parse
from bot.runbook.steps import step_kinds
from bot.settings import fixed_settings
from bot.settings.env_file import read_env_file
from handlers.slack.manifest import manifest
from handlers.slack.table import COMMANDS

TEXT = README.read_text("utf-8")
YAML = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_are_the_codes(name: str) -> None:
    shown = between(name).search(TEXT)
    assert shown
    assert shown.group() == TABLES[name](), "run: .venv/bin/python tests/docs/readme_tables.py"


@pytest.mark.parametrize("name", settings())
def test_every_setting_is_named(name: str) -> None:
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("command", COMMANDS)
def test_every_form_of_a_command_is_named(command: str) -> None:
    plain = TEXT.replace("\\|", "|")
    forms = [f"`{f'{command} {form}'.strip()}`" for form, _ in COMMANDS[command].forms]
    assert [form for form in forms if form not in plain] == []


def test_only_commands_that_exist_are_named() -> None:
    named = set(re.findall(r"`(/[a-z]+)[ `]", TEXT)) - {"/invite", "/healthz", "/readyz", "/metrics", "/en", "/pt"}
    assert named - COMMANDS.keys() == set()


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)", TEXT))
    assert named
    assert named - targets == set()


def test_every_command_line_is_named_and_exists() -> None:
    named = set(re.findall(rf"neonops ({'|'.join(map(re.escape, command_lines()))})\b", TEXT))
    groups = {each.split()[0] for each in command_lines()}
    assert set(re.findall(r"`?neonops ([a-z]+)", TEXT)) - groups - {"run"} == set()
    assert named >= set(command_lines()) - {"db upgrade", "manifest", "sandbox"}


def command_lines() -> list[str]:
    """`run`, `runbook check` …"""
    group = get_command(cli)
    names = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        names += [f"{name} {each}" for each in inner] if inner else [name]
    return names


def test_every_linked_file_exists() -> None:
    targets = re.findall(r"\]\(([^)#][^)]*)\)", TEXT)
    local = [target for target in targets if "://" not in target]
    assert "docs/sandbox.png" in local
    assert [target for target in local if not (ROOT / target.partition("#")[0]).is_file()] == []


def test_every_linked_heading_exists() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in re.findall(r"^#+ (.+)$", TEXT, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) - headings == set()


def test_the_team_file_shown_is_right(tmp_path: Path) -> None:
    shown = next(text for text in YAML if text.startswith("people:"))
    (tmp_path / "team.yml").write_text(shown, "utf-8")
    assert load_team(tmp_path / "team.yml").people["alice"].page


def test_the_runbook_shown_is_right() -> None:
    shown = next(text for text in YAML if text.startswith("schema:"))
    loaded = parse(shown, source="README.md", env={})
    assert (loaded.doubts, loaded.warnings) == ((), ())


def test_every_kind_of_step_is_named() -> None:
    kinds = set(step_kinds())
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in TEXT] == []


def test_the_shortcuts_and_the_apps_name_are_the_manifests() -> None:
    assert [each["name"] for each in manifest()["features"]["shortcuts"] if f"*{each['name']}*" not in TEXT] == []


def test_pictures_are_small_enough_for_a_page() -> None:
    assert (ROOT / "docs" / "sandbox.png").stat().st_size <= 400_000


def test_the_example_has_every_setting_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    assert [
        f"#{name}={default}" for name, (default, _) in settings().items() if f"#{name}={default}" not in lines
    ] == []
    assert [f"# {text}" for _, text in settings().values() if f"# {text}" not in lines] == []


def test_the_example_names_nothing_else() -> None:
    named = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(settings())


def test_the_example_without_its_marks_is_the_defaults(tmp_path: Path) -> None:
    text = re.sub(r"^#([A-Z_]+=)", r"\1", (ROOT / ".env.example").read_text("utf-8"), flags=re.MULTILINE)
    (tmp_path / ".env").write_text(text, "utf-8")
    written = read_env_file(tmp_path / ".env")
    assert (fixed_settings(written.values), written.faults) == (fixed_settings({}), ())


def test_the_version_has_an_entry_in_the_changelog() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version
    assert f"## [{version.group(1)}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_image_gets_all_that_it_copies() -> None:
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    let_in = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE))
    assert {name for line in copied for name in line.split()} == let_in


def test_the_manifest_file_is_yaml_that_slack_reads() -> None:
    assert yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8")) == manifest()
