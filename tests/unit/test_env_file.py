"""The `.env` file: understood however it is written, and what is wrong with it is said by line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.errors import Refusal
from bot.settings import load_settings
from bot.settings.env_file import read_env_file


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NEONOPS_WEB_PORT", "NEONOPS_TEAM", "SLACK_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        b"NEONOPS_WEB_PORT=4711\n",
        b"NEONOPS_WEB_PORT=4711",
        b"export NEONOPS_WEB_PORT=4711\n",
        b"NEONOPS_WEB_PORT = 4711\n",
        b"  NEONOPS_WEB_PORT =  4711  \n",
        b'NEONOPS_WEB_PORT="4711"\n',
        b"NEONOPS_WEB_PORT='4711' # the port\n",
        b"# one\r\n\r\nNEONOPS_WEB_PORT=4711\r\nGITHUB_TOKEN=x\r\n",
        b"\xef\xbb\xbfNEONOPS_WEB_PORT=4711\n",
        b"neonops_web_port=4711\n",
        b"PASSED_ON_BY_DOCKER\nNEONOPS_WEB_PORT=4711\n",
        "NEONOPS_WEB_PORT=4711 # the\u00a0port\u00a0\n".encode(),
    ],
)
def test_a_setting_is_read_however_it_is_written(folder: Path, text: bytes) -> None:
    (folder / ".env").write_bytes(text)
    assert load_settings().web_port == 4711


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            b"A=1\n\nNEONOPS_TEAM=a\nNEONOPS_TEAM=s3cret\n",
            ".env:4: NEONOPS_TEAM is set twice, first in line 3: keep one.",
        ),
        (b"A=1\nexport a = s3cret\n", ".env:2: a is set twice, first in line 1: keep one."),
        (b"A=1\nB=s3cret\xe9\n", ".env:2: the file is not UTF-8, probably Latin-1: save it as UTF-8."),
        ("A=s3cret".encode("utf-16"), ".env:1: the file is UTF-16, not UTF-8: save it as UTF-8."),
        ("A=s3cret".encode("utf-16-le"), ".env:1: the file is UTF-16, not UTF-8: save it as UTF-8."),
        (b'A=1\nB="s3cret\nC=1\n', ".env:2: this cannot be parsed: write NAME=value, and close quotation marks."),
        (b"A=1\nNEONOPS_TEAM s3cret\n", ".env:2: this cannot be parsed: write NAME=value"),
        ("A=1\nB=s3cret\u00a0\n".encode(), ".env:2: it is surrounded by the character U+00A0 (no-break space): remove"),
        ("A=\u00a0s3cret\n".encode(), ".env:1: it is surrounded by the character U+00A0"),
        ("A\u2009=s3cret\n".encode(), ".env:1: it is surrounded by the character U+2009 (thin space)"),
        ("\u3000A=s3cret # x\n".encode(), ".env:1: it is surrounded by the character U+3000 (ideographic space)"),
        (b"A=1\nB=s3cret\x00\n", ".env:2: the file contains the character U+0000: remove it."),
        ("A=s3cret".encode("utf-32"), ".env:1: the file is UTF-32, not UTF-8: save it as UTF-8."),
        ("\n\n\u200bNEONOPS_TEAM=s3cret\n".encode(), ".env:3: a name contains only unaccented letters"),
    ],
)
def test_what_is_wrong_is_said_by_line_and_without_values(folder: Path, text: bytes, words: str) -> None:
    (folder / ".env").write_bytes(text)
    with pytest.raises(Refusal) as refusal:
        load_settings()
    assert str(refusal.value).startswith(words)
    assert "s3cret" not in str(refusal.value)


def test_all_that_is_wrong_is_said_at_once(folder: Path) -> None:
    (folder / ".env").write_text("A=1\nA=2\nB 3\nA=4\n")
    assert [fault[:6] for fault in read_env_file(Path(".env")).faults] == [".env:2", ".env:3", ".env:4"]


def test_a_name_in_the_file_that_is_no_setting_is_named(folder: Path) -> None:
    (folder / ".env").write_text("NEONOPS_TEMA=x\n")
    with pytest.raises(Refusal, match="NEONOPS_TEMA is not a setting; did you mean NEONOPS_TEAM"):
        load_settings()


@pytest.mark.parametrize("name", ["NEONOPS-TEAM", "NEONOPS.TEAM", "neonops_tema"])
@pytest.mark.parametrize(
    "command", ["runbook check", "runbook show", "team check team.yml", "timeline verify", "reload"]
)
def test_every_command_that_reads_settings_names_it(folder: Path, name: str, command: str) -> None:
    (folder / ".env").write_text(f"{name}=s3cret\n")
    said = CliRunner().invoke(cli, command.split())
    assert (said.exit_code, f"{name} is not a setting; did you mean NEONOPS_TEAM?" in said.stderr) == (1, True)


def test_a_file_that_cannot_be_read_is_said(folder: Path) -> None:
    (folder / ".env").mkdir()
    with pytest.raises(Refusal, match=r"\.env cannot be read: Is a directory"):
        load_settings()
