"""The command line as a whole."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


@pytest.mark.parametrize("words", ["--version", "version"])
def test_it_says_which_version_it_is(words: str) -> None:
    said = CliRunner().invoke(cli, [words])
    assert (said.exit_code, said.stdout.split(",")[0]) == (0, f"neonops {version('neonops')}")


def test_the_sandbox_heeds_the_language_of_the_environment(tmp_path: Path) -> None:
    argv = ["sandbox", "--port", "0", "--directory", str(tmp_path / "world")]
    said = CliRunner().invoke(cli, argv, env={"NEONOPS_LANGUAGE": "xx"})
    assert (said.exit_code, "'xx' is not a language of NeonOps" in said.output) == (1, True)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "SLACK_BOT_TOKEN is not set."),
        ({**TOKENS, "ALL_PROXY": "socks5://u:s3cret@h:1"}, "ALL_PROXY is a SOCKS proxy"),
        ({**TOKENS, "HTTPS_PROXY": "http://u:s3cret@[::1:80"}, "HTTPS_PROXY is not the address of a proxy"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET"),
    ],
)
def test_a_start_that_cannot_reach_slack_is_one_line_and_makes_nothing(
    tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | settings
    argv = [sys.executable, "-m", "bot", "run"]
    said = subprocess.run(argv, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (1, "")
    assert [line.startswith(f"neonops: {words}") for line in said.stderr.splitlines()] == [True], said.stderr
    assert list(tmp_path.iterdir()) == []
