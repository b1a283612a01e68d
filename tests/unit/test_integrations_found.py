"""A system outside is one folder: what it lists as INTEGRATION is opened, asked by the doctor, and handed to steps."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bot.errors import Refusal
from bot.integrations.github.client import GitHub
from bot.integrations.integration import integrations
from bot.integrations.statuspage.client import StatusCache
from bot.machine.clock import SystemClock
from bot.masking import Masker
from bot.settings import Settings
from bot.tools import Tools

ROOT = Path(__file__).parents[2]
KETTLE = '''"""A kettle."""

from collections.abc import Awaitable, Sequence

import httpx

from bot.integrations.report import Finding, asked
from bot.integrations.http.api import Pace
from bot.integrations.integration import Integration
from bot.integrations.kettle.settings import KettleSettings


class Kettle:
    """One kettle."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def boil(self) -> None:
        """Ask it."""


def _open(settings: KettleSettings, http: httpx.AsyncClient, pace: Pace | None) -> Kettle | None:
    return Kettle(settings.kettle_url) if settings.kettle_url else None


def _checks(kettle: Kettle, runbook: object) -> Sequence[Awaitable[Finding]]:
    return [asked("kettle", kettle.boil)]


INTEGRATION = Integration(Kettle, _open, lambda: "KETTLE_URL is not set.", _checks)
'''
SETTINGS = '''"""A kettle's settings."""

from pydantic import BaseModel

from bot.integrations.setting import address


class KettleSettings(BaseModel):
    """Where it is."""

    kettle_url: str | None = address("KETTLE_URL", None, "The kettle.")
'''
PROGRAM = """
import asyncio
from bot.integrations.integration import integrations
from bot.settings import fixed_settings
[one] = [each for each in integrations().values() if each.client.__name__ == "Kettle"]
kettle = one.open(fixed_settings({"KETTLE_URL": "http://kettle.test"}), None, None)
print(kettle.url, asyncio.run(one.checks(kettle, None)[0]), one.open(fixed_settings({}), None, None))
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A copy of the bot with a kettle: two files more, and one line."""
    subprocess.run(["cp", "-r", str(ROOT / "bot"), str(tmp_path)], check=True)
    folder, settings = tmp_path / "bot" / "integrations" / "kettle", tmp_path / "bot" / "settings" / "__init__.py"
    folder.mkdir()
    (folder / "client.py").write_text(KETTLE, "utf-8")
    (folder / "settings.py").write_text(SETTINGS, "utf-8")
    known, line = settings.read_text("utf-8"), "from bot.integrations.kettle.settings import KettleSettings\n"
    settings.write_text(f"{line}{known}".replace("class Settings(", "class Settings(KettleSettings, "), "utf-8")
    return tmp_path


def test_a_new_integration_is_three_files_and_its_test(elsewhere: Path) -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], cwd=elsewhere, capture_output=True, text=True, check=True)
    assert told.stdout == "http://kettle.test   ✓ kettle: answers None\n"


@pytest.mark.parametrize("client", integrations(), ids=lambda each: each.__name__)
def test_what_is_not_set_is_not_there_and_says_what_is_missing(client: type) -> None:
    settings = {str(field.validation_alias) for field in Settings.model_fields.values()}
    sentence = integrations()[client].unset()
    assert sentence.split(" ")[0] in settings


def test_a_tool_that_is_not_set_up_is_refused_by_name() -> None:
    http = httpx.AsyncClient()
    tools = Tools(http, SystemClock(), Masker(), StatusCache(http))
    assert tools.maybe(GitHub) is None
    with pytest.raises(Refusal, match="GITHUB_TOKEN is not set"):
        tools.client(GitHub)
