"""A build log that prints every secret, in every encoding that tools use, leaks none of them anywhere."""

import asyncio
import base64
import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from whole.runbooks import printing_runbook
from whole.workspace import Workspace

ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in a URL": lambda secret: quote(secret, safe=""),
    "in a URL, in small letters": lambda secret: re.sub("%..", lambda m: m[0].lower(), quote(secret, safe="")),
    "in JSON": lambda secret: json.dumps(secret)[1:-1],
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "in base64 for URLs": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    "as a basic authorization": lambda secret: base64.b64encode(f"neonpro:{secret}".encode()).decode(),
    "in hexadecimal": lambda secret: secret.encode().hex(),
    "in hexadecimal, in capitals": lambda secret: secret.encode().hex().upper(),
}
COLOURED = "\x1b[1m{}\x1b[31m{}\x1b[0m"


@pytest.fixture
def printing(loop: asyncio.Runner, workspace: Workspace) -> Workspace:
    """The workspace with a deploy whose command prints a file, and then a build that fails."""
    folder = workspace.world.directory
    (folder / "printing.yml").write_text(printing_runbook(str(folder / "printed.txt")), "utf-8")
    more = {"NEONPRO_PROXY_PASSWORD": "pâss wörd/+&\"7'", "VERCEL_AUTOMATION_BYPASS_SECRET": "bypass+/=4711%"}
    loop.run(workspace.restart(NEONOPS_RUNBOOK=str(folder / "printing.yml"), **more))
    (folder / "printed.txt").write_text("\n".join(_printed(workspace)), "utf-8")
    workspace.neonpro.vercel.builds_say = tuple(_printed(workspace))
    workspace.neonpro.switches.build_fails = True
    return workspace


async def test_a_build_log_that_prints_every_secret_leaks_none(
    printing: Workspace, capfd: pytest.CaptureFixture[str]
) -> None:
    live = await printing.approve_deploy()
    await live.shows("⚠️ *Build* failed", 20)
    await live.press("Full log", by=printing.bruno)
    await printing.until(lambda: any(file["content"] for file in printing.slack._core.files.values()))
    await printing.settled()
    outputs = "".join(path.read_text() for path in printing.bot.settings.data_dir.rglob("outputs/**/*.log"))
    assert outputs.count("in hexadecimal:") == 2 * len(_secrets(printing)), "both logs were kept whole"
    seen = {"files": _kept(printing), "Slack": _said(printing), "the log": capfd.readouterr().err}
    leaks = [f"{place}: {leak}" for place, text in seen.items() for leak in _leaks(printing, text)]
    assert leaks == [], "\n".join(leaks)


def _secrets(workspace: Workspace) -> dict[str, str]:
    """Every secret that the bot was given: by its settings, in addresses of databases, to its commands."""
    settings = workspace.bot.settings
    given = {name: value.get_secret_value() for name, value in settings if isinstance(value, SecretStr)}
    dsns = {name: workspace.environ[name] for name in ("DATABASE_URL", "NEONPRO_DATABASE_URL")}
    passwords = {f"password of {name}": dsn.split(":")[2].split("@")[0] for name, dsn in dsns.items()}
    return given | dsns | passwords | {"proxy": workspace.environ["NEONPRO_PROXY_PASSWORD"]}


def _printed(workspace: Workspace) -> list[str]:
    """Each secret in each encoding, on a line of its own; and in two colours."""
    found = _secrets(workspace).values()
    lines = [f"{name}: {encode(secret)}" for secret in found for name, encode in ENCODINGS.items()]
    return [*lines, *(COLOURED.format(secret[:7], secret[7:]) for secret in found)]


def _leaks(workspace: Workspace, text: str) -> list[str]:
    found = _secrets(workspace).items()
    forms = ((name, form, encode(secret)) for name, secret in found for form, encode in ENCODINGS.items())
    return [f"{name} {form}" for name, form, needle in forms if needle in text]


def _kept(workspace: Workspace) -> str:
    """All that the bot wrote to its directory, its database included."""
    data = workspace.bot.settings.data_dir
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in data.rglob("*") if path.is_file())


def _said(workspace: Workspace) -> str:
    """All that Slack was ever told, and every file that it was given."""
    core = workspace.slack._core
    return str([call.args for call in workspace.slack.calls]) + str(core.files)
