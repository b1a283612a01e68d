"""The command line as a whole."""

from importlib.metadata import version

from typer.testing import CliRunner

from bot.cli import cli


def test_it_says_which_version_it_is() -> None:
    said = CliRunner().invoke(cli, ["--version"])
    assert (said.exit_code, said.stdout.split(",")[0]) == (0, f"neonops {version('neonops')}")
