"""What one more of something costs: it is added to a copy of the project, works there, and its files are counted."""

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from readme_tables import ROOT

PARTS = ("bot", "handlers", "storage", "sandbox", "tests/docs")
GENERATED = {"README.md", "manifest.yml"}

COMMAND = '''"""`/ping`."""

from handlers.slack.area import Area, Command
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Reply, Request


async def ping(context: Context, request: Request) -> Reply:
    """Carry out `/ping`."""
    return Reply("pong")


AREA = Area(commands=(Command("/ping", "Answer", "", ping, (("", "be answered"),)),))
'''
COMMAND_TEST = """import asyncio
from types import SimpleNamespace

from bot.people import Actor
from handlers.slack.dispatch import answer_command, help_text
from handlers.slack.home.view import home_view
from handlers.slack.interaction.requests import Request
from handlers.slack.table import COMMANDS

runbook = SimpleNamespace(services=(), severities=())
context = SimpleNamespace(mask=str, runbook=runbook)
request = Request(Actor("U1", "u"), "C1", "1", "/ping")
assert asyncio.run(answer_command(context, request)).text == "pong"
assert "be answered" in help_text(COMMANDS["/ping"])
assert "/ping help" in str(home_view("NeonPro", [], []))
"""
WEBHOOK = '''"""`/hooks/ping`."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from handlers.web.endpoints import Endpoint


async def _answer(request: Request) -> Response:
    return PlainTextResponse("pong")


PING = Endpoint("/hooks/ping", _answer, method="POST", check=lambda body, headers: headers.get("key") == "k")
'''
WEBHOOK_TEST = """from starlette.testclient import TestClient

from handlers.web.app import Served, endpoints, web_app

client = TestClient(web_app(endpoints(Served(None, None))))
assert client.post("/hooks/ping", headers={"key": "k"}).text == "pong"
assert client.post("/hooks/ping").status_code == 401
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what a change may touch."""
    for part in PARTS:
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (*GENERATED, "pyproject.toml", "Makefile"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(project: Path, *words: str) -> str:
    """What Python prints in the copy; an error there is one here."""
    given = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run([sys.executable, *words], cwd=project, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")


def touched(project: Path) -> set[str]:
    """The files that are new or other than in the project, but for those that are made from the code."""
    files = [file.relative_to(project) for file in project.rglob("*") if file.is_file() and ".pyc" not in file.name]
    same = [file for file in files if (ROOT / file).is_file() and filecmp.cmp(project / file, ROOT / file, False)]
    return {str(file) for file in files} - {str(file) for file in same} - GENERATED


def test_a_command_is_its_module_a_row_and_its_test(project: Path) -> None:
    (project / "handlers/slack/ping.py").write_text(COMMAND)
    (project / "tests/docs/try_ping.py").write_text(COMMAND_TEST)
    table = project / "handlers/slack/table.py"
    change(table, "\nAREAS = (", "from handlers.slack.ping import AREA as PING\n\nAREAS = (PING, ")
    run(project, "tests/docs/try_ping.py")
    run(project, "tests/docs/readme_tables.py")
    assert "| `/ping` | be answered |" in (project / "README.md").read_text("utf-8")
    assert "command: /ping" in run(project, "-m", "bot", "manifest")
    assert touched(project) == {"handlers/slack/ping.py", "handlers/slack/table.py", "tests/docs/try_ping.py"}


def test_a_webhook_is_its_module_and_a_line(project: Path) -> None:
    (project / "handlers/web/ping.py").write_text(WEBHOOK)
    table = project / "handlers/web/app.py"
    change(table, "\n\n@dataclass", "\nfrom handlers.web.ping import PING\n\n\n@dataclass")
    change(table, "        *probes(", "        PING,\n        *probes(")
    run(project, "-c", WEBHOOK_TEST)
    assert touched(project) == {"handlers/web/ping.py", "handlers/web/app.py"}
