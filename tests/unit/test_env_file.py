"""The `.env` file: understood however it is written, and what is wrong with it is said by line."""

from pathlib import Path

import pytest

from bot.env_file import read_env_file
from bot.errors import Refusal
from bot.settings import load_settings


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
            ".env:4: NEONOPS_TEAM is there twice, first in line 3: keep one.",
        ),
        (b"A=1\nexport a = s3cret\n", ".env:2: a is there twice, first in line 1: keep one."),
        (b"A=1\nB=s3cret\xe9\n", ".env:2: the file is not UTF-8 text; it looks like Latin-1: save it as UTF-8."),
        ("A=s3cret".encode("utf-16"), ".env:1: the file is not UTF-8 text but UTF-16: save it as UTF-8."),
        ("A=s3cret".encode("utf-16-le"), ".env:1: the file is not UTF-8 text but UTF-16: save it as UTF-8."),
        (b'A=1\nB="s3cret\nC=1\n', ".env:2: this cannot be read: write NAME=value, and close quotation marks."),
        (b"A=1\nNEONOPS_TEAM s3cret\n", ".env:2: this cannot be read: write NAME=value"),
        ("\n\n\u200bNEONOPS_TEAM=s3cret\n".encode(), ".env:3: a name holds letters without accents"),
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


def test_a_file_that_cannot_be_read_is_said(folder: Path) -> None:
    (folder / ".env").mkdir()
    with pytest.raises(Refusal, match=r"\.env cannot be read: Is a directory"):
        load_settings()
