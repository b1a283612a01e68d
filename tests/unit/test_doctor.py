"""`neonops doctor` in the practice world: what is well, what is wrong, and that no secret shows."""

import asyncio
import io
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from bot.cli import cli
from bot.cli.diagnosis import installation, workspace
from bot.cli.diagnosis.subject import Answer
from bot.cli.doctor import examine
from bot.integrations.report import broken, limited, verdict, well
from bot.settings import fixed_settings
from handlers.slack.manifest import manifest
from sandbox import PEOPLE, Sandbox, team_file
from sandbox.slack import Limits, PracticeSlack
from storage.migrate import upgrade

CHANNELS = ("general", "devops", "incidents")
# apprise still asks for a module that Python 3.13 no longer has.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@dataclass(frozen=True)
class Report:
    code: int
    text: str

    @property
    def faults(self) -> list[str]:
        return [line.removeprefix("  ✗ ") for line in self.text.splitlines() if line.startswith("  ✗ ")]

    @property
    def warnings(self) -> list[str]:
        return [line.removeprefix("  ! ") for line in self.text.splitlines() if line.startswith("  ! ")]


class World:
    """A practice world, and the doctor in it."""

    def __init__(self, runner: asyncio.Runner, sandbox: Sandbox) -> None:
        self.runner, self.sandbox = runner, sandbox
        self.environ = sandbox.environment()

    def examine(self, **changes: str | Path) -> Report:
        out = io.StringIO()
        environ = {**self.environ, **{name: str(value) for name, value in changes.items()}}
        return Report(self.runner.run(examine(environ, out)), out.getvalue())

    @contextmanager
    def slack(self, declared: Mapping[str, Any]) -> Iterator[PracticeSlack]:
        """Another workspace."""
        slack = PracticeSlack(manifest=declared, people=PEOPLE, channels=CHANNELS)
        running = self.runner.run(slack.serve())
        yield slack
        self.runner.run(running.stop())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    sandbox = Sandbox(tmp_path_factory.mktemp("world"), manifest(), limits=Limits(rates=False), speed=5)
    with asyncio.Runner() as runner:
        runner.run(sandbox.start())
        yield World(runner, sandbox)
        runner.run(sandbox.stop())


def team(path: Path, **changes: Any) -> Path:
    """The practice team with changes, written to a file."""
    file = path / "team.yml"
    file.write_text(yaml.safe_dump({**yaml.safe_load(team_file()), **changes}), "utf-8")
    return file


@pytest.mark.parametrize(
    ("url", "found", "mark"),
    [("sqlite:///x.db", True, "✗"), ("postgresql://db/x", False, "✗"), ("postgresql://db/x", True, "✓")],
)
def test_replicas_need_postgresql_and_the_extra(url: str, found: bool, mark: str) -> None:
    settings = fixed_settings({"NEONOPS_CLUSTER": "true", "NEONOPS_DATABASE_URL": url})
    (finding,) = installation.on_cluster(settings, lambda _: found or None)
    assert finding.mark == mark


def test_a_healthy_installation_has_no_fault(world: World) -> None:
    report = world.examine()
    assert (report.faults, report.code) == ([], 0)


def test_a_healthy_installation_with_a_pager_and_two_approvers_is_all_well(world: World, tmp_path: Path) -> None:
    practice = yaml.safe_load(team_file())
    practice["people"]["alice"]["page"] = ["json://localhost"]
    practice["roles"]["cto"] = ["bruno"]
    report = world.examine(NEONOPS_TEAM=team(tmp_path, **practice))
    assert report.text.endswith("No problems found. Start with `neonops run`.\n")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nosuch://x", "A pager address of Alice Andrade (nosuch) cannot be called."),
        ("pagerduty://default", "A pagerduty:// address of Alice Andrade names no integration key."),
        ("twilio://+5511999990000", "A twilio:// address of Alice Andrade names no account."),
    ],
)
def test_an_address_that_cannot_be_called_is_a_fault(world: World, tmp_path: Path, address: str, said: str) -> None:
    team = yaml.safe_load(team_file())
    team["people"]["alice"]["page"] = [address]
    path = tmp_path / "team.yml"
    path.write_text(yaml.safe_dump(team), "utf-8")
    report = world.examine(NEONOPS_TEAM=path)
    assert said in report.faults
    assert "5511999990000" not in report.text


def test_a_vendors_status_page_that_cannot_be_read_is_a_warning(world: World) -> None:
    url = f"{world.sandbox.url}/status/nosuch"
    report = world.examine(GITHUB_STATUS_URL=url)
    assert "GitHub: its status page answered 404." in report.warnings
    assert "status page of Vercel: can be read" in report.text


def test_pagers_that_answer_need_a_port(world: World) -> None:
    assert (
        "Pagers cannot answer: there is no web port." in world.examine(NEONOPS_PUBLIC_URL="https://x.example").warnings
    )


def test_nothing_is_created(world: World, tmp_path: Path) -> None:
    world.examine(NEONOPS_DATA_DIR=tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


def test_every_setting_is_accounted_for(world: World) -> None:
    from bot.settings import Settings

    text = world.examine().text
    assert [name for info in Settings.model_fields.values() if (name := str(info.validation_alias)) not in text] == []


def test_a_missing_token_is_said_with_where_to_get_it(world: World) -> None:
    report = world.examine(SLACK_BOT_TOKEN="")
    assert report.faults == ["SLACK_BOT_TOKEN is not set."]
    assert "Install the app from manifest.yml" in report.text
    assert report.code == 1


def test_without_a_way_for_slack_to_reach_it_there_is_a_fault(world: World) -> None:
    assert world.examine(SLACK_APP_TOKEN="").faults == ["Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set."]


def test_http_mode_needs_a_port(world: World) -> None:
    assert world.examine(SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="f" * 32).faults == ["HTTP mode has no port."]
    assert world.examine(SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="f" * 32, NEONOPS_WEB_PORT="8080").faults == []


def test_a_wrong_token_is_one_fault_and_never_shown(world: World) -> None:
    report = world.examine(SLACK_BOT_TOKEN="xoxb-1-wrong-wrong")
    assert report.faults == ["Slack refuses SLACK_BOT_TOKEN (invalid_auth)."]
    assert "wrong-wrong" not in report.text


def test_a_slack_that_is_too_busy_says_nothing_about_the_tokens(world: World) -> None:
    world.sandbox.slack.faults.limit("apps.connections.open")
    world.sandbox.slack.faults.fail("auth.test", "internal_error", status=500)
    report = world.examine()
    assert report.faults == []
    assert "Slack could not check SLACK_BOT_TOKEN now (internal_error)." in report.warnings
    assert "Slack could not check SLACK_APP_TOKEN now (ratelimited)." in report.warnings


def test_tokens_in_each_others_place_are_two_faults(world: World) -> None:
    tokens = {"SLACK_BOT_TOKEN": world.sandbox.slack.app_token, "SLACK_APP_TOKEN": world.sandbox.slack.bot_token}
    faults = world.examine(**tokens).faults
    assert [fault.split()[2] for fault in faults] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]


def test_a_missing_scope_is_named(world: World) -> None:
    declared = deepcopy(manifest())
    declared["oauth_config"]["scopes"]["bot"].remove("pins:write")
    with world.slack(declared) as slack:
        report = world.examine(
            SLACK_API_URL=f"{slack.url}/api/", SLACK_BOT_TOKEN=slack.bot_token, SLACK_APP_TOKEN=slack.app_token
        )
    assert report.faults == ["The bot lacks these scopes: pins:write."]
    assert "reinstall the app" in report.text


def test_a_slack_that_does_not_answer_is_said(world: World) -> None:
    assert set(world.examine(SLACK_API_URL=f"http://127.0.0.1:{closed_port()}/").faults) == {"Slack does not answer."}


def test_a_database_that_is_not_reachable_is_said_without_its_password(world: World) -> None:
    report = world.examine(NEONOPS_DATABASE_URL=f"postgresql://bot:s3cr3t-word@127.0.0.1:{closed_port()}/neonops")
    assert [fault.split(":")[0] for fault in report.faults] == ["The database does not answer"]
    assert "s3cr3t-word" not in report.text


def test_an_address_that_is_no_database_is_said(world: World) -> None:
    assert [fault.split(":")[0] for fault in world.examine(NEONOPS_DATABASE_URL="no address").faults] == [
        "NEONOPS_DATABASE_URL is invalid"
    ]


def test_a_role_that_the_runbook_does_not_know_is_a_warning(world: World, tmp_path: Path) -> None:
    roles = yaml.safe_load(team_file())["roles"]
    warnings = world.examine(NEONOPS_TEAM=team(tmp_path, roles={**roles, "developr": ["alice"]})).warnings
    assert any(
        "roles.developr: 'developr' is not a role of the runbook; did you mean 'developer'?" in w for w in warnings
    )


def test_a_name_that_is_no_setting_is_said(world: World) -> None:
    faults = world.examine(NEONOPS_TAEM="team.yml").faults
    assert faults == ["NEONOPS_TAEM is not a setting; did you mean NEONOPS_TEAM?"]


def test_a_postgresql_that_was_never_used_is_empty(world: World) -> None:
    assert "database: empty" in world.examine(NEONOPS_DATABASE_URL=world.sandbox.neonpro.dsn).text


def test_a_database_in_use_is_up_to_date(world: World, tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path / 'neonops.db'}")
    assert "up to date" in world.examine(NEONOPS_DATA_DIR=tmp_path).text


def test_a_database_newer_than_the_program_is_a_fault(world: World, tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path / 'neonops.db'}")
    with closing(sqlite3.connect(tmp_path / "neonops.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    report = world.examine(NEONOPS_DATA_DIR=tmp_path)
    assert [fault.split(",")[0] for fault in report.faults] == ["The database has schema 9999"]
    assert "restore the copy" in report.text


def test_a_data_directory_that_cannot_be_written_to_is_a_fault(world: World) -> None:
    assert "cannot be written to" in world.examine(NEONOPS_DATA_DIR="/proc/neonops").faults[0]


def test_a_broken_runbook_is_shown_with_file_and_line(world: World, tmp_path: Path) -> None:
    runbook = tmp_path / "runbook.yml"
    runbook.write_text("schema: 1\nname: broken\ntitle: Broken\nprocedures: 7\n", "utf-8")
    report = world.examine(NEONOPS_RUNBOOK=runbook)
    assert report.faults[0].startswith(f"{runbook}:")
    assert "neonops runbook check" in report.text


def test_without_a_team_the_doctor_warns(world: World) -> None:
    report = world.examine(NEONOPS_TEAM="")
    assert report.warnings[0].startswith("No team file:")
    assert report.code == 0


def test_a_broken_team_file_is_a_fault(world: World, tmp_path: Path) -> None:
    report = world.examine(NEONOPS_TEAM=team(tmp_path, roles={"devops": ["nobody"]}))
    assert "gives the role devops to nobody" in report.faults[0]


def test_what_slack_knows_of_the_team_is_compared(world: World, tmp_path: Path) -> None:
    people = {
        "alice": {"name": "Alice", "slack": "U01ALICE"},
        "bruno": {"name": "Bruno", "email": "bruno@neonpro.example"},
        "gabi": {"name": "Gabi", "slack": "U07GUEST"},
        "zoe": {"name": "Zoe", "email": "zoe@neonpro.example"},
        "nemo": {"name": "Nemo"},
    }
    file = team(tmp_path, people=people, roles={"devops": ["bruno"]}, channels={"incidents": "C0NOWHERE"})
    text = world.examine(NEONOPS_TEAM=file).text
    assert "Slack does not know Zoe." in text
    assert "Not full members of the workspace: Gabi." in text
    assert "Not found in Slack: Nemo." in text
    assert "NeonOps sees no such channel: incidents." in text
    assert "Unassigned roles: " in text


def test_an_archived_channel_is_said(world: World, tmp_path: Path) -> None:
    channel = world.runner.run(world.sandbox.slack.create_channel("alice", "attic"))
    world.runner.run(world.sandbox.slack.archive("alice", "attic"))
    file = team(tmp_path, channels={"incidents": channel.id})
    assert "Archived channels: incidents." in world.examine(NEONOPS_TEAM=file).warnings


def test_a_work_directory_that_is_no_checkout_is_a_fault(world: World, tmp_path: Path) -> None:
    assert world.examine(NEONOPS_WORKDIR=tmp_path).faults == [f"{tmp_path} is not a git checkout."]
    assert world.examine(NEONOPS_WORKDIR=tmp_path / "no").faults == [f"There is no directory {tmp_path / 'no'}."]


def test_programs_that_are_not_on_path_are_named(world: World, tmp_path: Path) -> None:
    tools = {"git", "find", "rm", "pg_dump", "pg_dumpall", "pg_restore", "psql", "bunx"}
    practice = Path(world.environ["PATH"].split(":")[0])
    for name in tools:
        place = practice / name if (practice / name).exists() else Path("/usr/bin") / name
        (tmp_path / name).symlink_to(place)
    assert world.examine(PATH=tmp_path).faults == ["Not on PATH: bun."]


def test_variables_of_shell_steps_that_are_not_set_are_named(world: World) -> None:
    environ = {name: value for name, value in world.environ.items() if name != "DIRECT_URL"}
    out = io.StringIO()
    world.runner.run(examine(environ, out))
    assert "Shell steps need: DIRECT_URL." in out.getvalue()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("VERCEL_TOKEN", "vcp_" + "0" * 24, "Vercel refused our credentials (403)"),
        ("GITHUB_TOKEN", "ghp_" + "0" * 36, "GitHub refused our credentials (401)"),
        ("SUPABASE_ACCESS_TOKEN", "sbp_" + "0" * 40, "Supabase refused our credentials (401)"),
        ("NEONPRO_DATABASE_URL", "postgresql://reader:pw-of-reader@127.0.0.1:1/x", "The database did not answer"),
    ],
)
def test_a_wrong_token_outside_slack_is_one_fault(world: World, setting: str, value: str, said: str) -> None:
    report = world.examine(**{setting: value})
    assert [fault.split(":")[0] for fault in report.faults] == [said]
    assert value not in report.text


def test_a_repository_that_the_token_does_not_see_is_a_fault(world: World) -> None:
    faults = world.examine(NEONPRO_GIT_REPO="neonpro/elsewhere").faults
    assert faults == ["GitHub does not know the repository neonpro/elsewhere."]


def test_invalid_settings_are_all_named_and_the_rest_is_examined(world: World) -> None:
    report = world.examine(NEONOPS_TIMEZONE="Mars/Phobos", NEONOPS_WEB_PORT="eighty")
    assert [fault.split()[0] for fault in report.faults] == ["NEONOPS_WEB_PORT", "NEONOPS_TIMEZONE"]
    assert "bot token: @neonops" in report.text


def test_no_secret_is_ever_printed(world: World) -> None:
    text = world.examine().text
    secrets = (world.sandbox.slack.bot_token, world.sandbox.slack.app_token, world.sandbox.neonpro.vercel_token)
    assert [secret for secret in (*secrets, world.sandbox.neonpro.supabase_token) if secret in text] == []


def test_the_command_line_answers_without_a_traceback(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "✗ SLACK_BOT_TOKEN is not set." in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NEONOPS_TIMEZONE=Mars\n", "✗ NEONOPS_TIMEZONE is invalid"),
        ("A=1\nA=2\n", "✗ .env:2: A is set twice, first in line 1: keep one."),
    ],
)
def test_the_command_line_reads_the_env_file(
    tmp_path: Path, text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert said in CliRunner().invoke(cli, ["doctor"]).stdout


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ([well("a")], "No problems found. Start with `neonops run`."),
        ([well("a"), limited("b", "c")], "Ready to start with `neonops run`, with 1 warning."),
        ([broken("a", "b"), limited("c", "d"), limited("e", "f")], "Not ready: 1 fault, 2 warnings."),
    ],
)
def test_the_verdict_counts(findings: list[Any], said: str) -> None:
    assert verdict(findings) == said


@pytest.mark.parametrize(("free", "mark"), [(5e9, "✓"), (5e8, "!"), (5e7, "✗")])
def test_a_disk_that_fills_up_is_said(free: float, mark: str) -> None:
    assert installation.on_space(int(free), "data").mark == mark


@pytest.mark.parametrize(
    ("current", "mark", "said"),
    [
        (None, "✓", "creates the schema"),
        ("0002", "✓", "up to date"),
        ("0001", "✓", "migrates it to"),
        ("9999", "✗", "newer"),
    ],
)
def test_schemas_are_compared(current: str | None, mark: str, said: str) -> None:
    finding = installation.on_schema(current, "0002", ["0001", "0002"])
    assert finding.mark == mark
    assert said in finding.what


@pytest.mark.parametrize(("seconds", "warnings"), [(0, 0), (29, 0), (-90, 1), (90, 1)])
def test_a_clock_that_is_off_is_a_warning(seconds: int, warnings: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert len(workspace.on_clock(now, now + timedelta(seconds=seconds))) == warnings


def test_the_token_of_a_person_is_not_a_bots() -> None:
    assert workspace.on_bot_token(Answer("", {"user": "alice", "team": "NeonPro"})).mark == "✗"


def closed_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_doctor_reads_every_metric(world: World) -> None:
    assert "metric error_rate: 0.12%" in world.examine().text
    switches = world.sandbox.neonpro.switches
    switches.metrics = "no data"
    assert any("metric error_rate: no data" in each for each in world.examine().warnings)
    switches.metrics = "many series"
    assert any("metric error_rate: The query gives 2 series" in each for each in world.examine().faults)
    switches.metrics = "unreachable"
    assert len([each for each in world.examine().faults if "Prometheus did not answer" in each]) == 1
    switches.metrics = "normal"
