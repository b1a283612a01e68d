"""The team file: everything that is wrong with it is said, with its line and with what would be right."""

from pathlib import Path

import pytest
from domain_world import bundled
from typer.testing import CliRunner

from bot.cli import cli
from bot.errors import Refusal
from bot.people.team_file import load_team, read_team
from bot.runbook.problems import TeamError

GOOD = """\
people:
  alice: {name: Alice, email: alice@example.com, slack: U01ALICE}
  bruno: {name: Bruno, email: bruno@example.com}
roles:
  devops: [alice, bruno]
channels: {devops: C02DEVOPS}
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "team.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def problems(folder: Path, text: str | bytes) -> list[str]:
    path = written(folder, text)
    with pytest.raises(TeamError) as error:
        load_team(path, bundled().runbook)
    return [str(each).removeprefix(f"{folder}/") for each in error.value.problems]


def test_a_good_file_has_nothing_strange(tmp_path: Path) -> None:
    assert read_team(written(tmp_path, GOOD), bundled().runbook).strange == ()


CAROL = "roles:\n  devops: [carol]\n"
BAD = {
    "people: [": "team.yml:2: line 2, column 1: not YAML",
    "people:\n  alice: {nmae: x}": "team.yml:2: people.alice.nmae: 'nmae' is not a field here; did you mean 'name'?",
    "people:\n  alice: {name: A, slack: '@alice'}": "team.yml:2: people.alice.slack: '@alice' is wrong: write a",
    "people:\n  alice: {name: A, email: alice}": "team.yml:2: people.alice.email: 'alice' is wrong: write an address",
    "people:\n  alice: {name: A, page: 'pover://u@s3cret'}": "team.yml:2: people.alice.page: what is written must be",
    "people:\n  alice: {name: A, page: [{to: 'u://s3cret'}]}": "team.yml:2: people.alice.page[0]: what is written must",
    "people:\n  alice: ['pover://u@s3cret']": "team.yml:2: people.alice: what is written must be fields with values",
    "people: ['pover://u@s3cret']": "team.yml:1: people: what is written must be fields with values",
    "people:\n  alice: &a {name: A}\n  bob: {<<: *a}": "team.yml:3: people.bob: << is not supported here: write its",
    "people:\n  alice:\n    name:": "team.yml:3: people.alice.name: has no value",
    "channels: {devops: devops}": "team.yml:1: channels.devops: 'devops' is wrong: write a channel's id such",
    "- alice": "team.yml:1: ",
    "poeple: {}": "team.yml:1: poeple: 'poeple' is not a field here; did you mean 'people'?",
    GOOD + "roles:\n  devops: [alice]\n": "team.yml:7: roles: is set twice",
    GOOD.replace("  bruno:", "  alice:").replace(", bruno", ""): "team.yml:3: people.alice: is set twice",
    GOOD.replace("devops: [", "developer: []\n  devops: [alic, "): (
        "team.yml:6: roles.devops[0]: gives the role devops to alic, not in people; did you mean 'alice'?"
    ),
    GOOD.replace("Bruno,", "Bruno, slack: U01ALICE,"): "team.yml:3: people.bruno.slack: 'U01ALICE' already "
    "belongs to alice",
    "people:\n\talice: {name: A}\n": "team.yml:2: line 2, column 1: not YAML: a tab; indent with spaces",
    "people:\n  alice: {name: Andr\u00e9}\n".encode("latin-1"): (
        "team.yml:2: the file is not UTF-8, probably Latin-1: save it as UTF-8"
    ),
    GOOD.encode("utf-16"): "team.yml:1: the file is UTF-16, not UTF-8: save it as UTF-8",
    GOOD.encode("utf-16-be"): "team.yml:1: the file is UTF-16, not UTF-8: save it as UTF-8",
}


@pytest.mark.parametrize("text", BAD, ids=ascii)
def test_what_is_wrong_is_said_with_its_line_and_what_would_be_right(tmp_path: Path, text: str | bytes) -> None:
    found = problems(tmp_path, text)
    assert found[0].startswith(BAD[text])
    assert "s3cret" not in found[0]
    assert len(found) == 1


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("bruno@", "alice@").replace("[alice,", "[alcie,") + "roles: {}\nchannels: {}\n"
    assert [each.split(" ")[0] for each in problems(tmp_path, text)] == [
        "team.yml:3:", "team.yml:5:", "team.yml:7:", "team.yml:8:",
    ]  # fmt: skip


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert load_team(written(tmp_path, text)) == load_team(written(tmp_path, GOOD))


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("[alice, bruno]", "[alice, bruno, alice]", "5: roles.devops[2]: 'alice' is listed twice"),
        ("Bruno,", "Bruno, page: [pager],", "3: people.bruno.page[0]: this is not a pager address"),
        ("devops: [", "devop: [", "5: roles.devop: 'devop' is not a role of the runbook; did you mean 'devops'?"),
        ("bruno@", "Alice@", "3: people.bruno.email: 'Alice@example.com' already belongs to alice: list each person"),
        ("{devops:", "{incident:", "6: channels.incident: 'incident' is not a channel that NeonOps or the runbook names"
         "; did you mean 'incidents'?"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_named_with_the_nearest(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    strange = read_team(written(tmp_path, GOOD.replace(right, wrong)), bundled().runbook).strange
    assert [str(each).startswith(f"{tmp_path}/team.yml:{said}") for each in strange] == [True]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"nothing\.yml:1: cannot be read: No such file"):
        load_team(tmp_path / "nothing.yml")


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (GOOD, 0, "no problems (people: 2, roles: 1, channels: 1)"),
        (GOOD.replace("devops: [", "devop: ["), 1, "roles.devop: 'devop' is not a role of the runbook"),
        (GOOD.replace("bruno@", "alice@"), 1, "people.bruno.email: 'alice@example.com' already belongs to alice"),
        (
            GOOD.replace("Bruno,", "Bruno, slack: U01ALICE,"),
            1,
            "people.bruno.slack: 'U01ALICE' already belongs to alice",
        ),
    ],
)
def test_the_command_line_checks_a_file(tmp_path: Path, text: str, code: int, said: str) -> None:
    result = CliRunner().invoke(cli, ["team", "check", str(written(tmp_path, text))])
    assert (result.exit_code, said in result.output) == (code, True), result.output


def test_the_command_line_wants_to_know_which_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEONOPS_TEAM", raising=False)
    result = CliRunner().invoke(cli, ["team", "check"])
    assert (result.exit_code, "Which file?" in result.output) == (1, True)
