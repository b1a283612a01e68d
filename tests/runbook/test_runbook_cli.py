"""Show, diff and the command line, by examples."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.runbook import runbook_app
from bot.errors import Refusal
from bot.runbook.diff import diff, diff_text
from bot.runbook.load import bundled_path, parse
from bot.runbook.show import show

from .test_runbook_broken import SMALL, line_of

RUNBOOK = parse(SMALL, env={}).runbook


def changed(*pairs: tuple[str, str]) -> list[str]:
    text = SMALL
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return diff_text(diff(RUNBOOK, parse(text, env={}).runbook)).splitlines()


def test_the_same_runbook_has_no_difference() -> None:
    assert changed() == ["No difference."]
    assert diff(RUNBOOK, RUNBOOK) == []


def test_a_changed_field_is_shown_with_both_values() -> None:
    assert changed(("timeout: 2m", "timeout: 3m")) == [
        "~ procedures.deploy.phases.prepare.steps.fetch.timeout: 2m -> 3m"
    ]


def test_added_and_removed_steps_are_named() -> None:
    read = "          - {id: read, text: Read the change}\n"
    new = "          - {id: think, text: Think about it}\n"
    assert changed((read, new)) == [
        "- procedures.deploy.phases.prepare.steps.read: Read the change",
        "+ procedures.deploy.phases.prepare.steps.think: Think about it",
    ]


def test_a_step_in_another_place_is_moved_once() -> None:
    tell = "          - {id: tell, kind: notify, text: Tell, roles: [devops]}\n"
    build = "          - {id: build,"
    assert changed((tell, ""), (build, tell + build)) == [
        "> procedures.deploy.phases.ship.steps.tell: after status -> first"
    ]


def test_a_step_in_another_phase_is_moved_with_what_changed_in_it() -> None:
    read = "          - {id: read, text: Read the change}\n"
    build = "          - {id: build,"
    assert changed((read, ""), (build, read.replace("the", "each") + build)) == [
        "> procedures.deploy.phases.ship.steps.read: in prepare -> in ship",
        "~ procedures.deploy.phases.ship.steps.read.text: Read the change -> Read each change",
    ]


def test_procedures_severities_and_lists_are_compared_by_what_they_are() -> None:
    found = changed(
        ("respond: [devops]", "respond: [devops, cto]"),
        ("{id: docs, title: Docs", "{id: site, title: Site"),
        ("response: 15m", "response: 10m"),
    )
    assert found == [
        "~ permissions.respond: ['devops'] -> ['devops', 'cto']",
        "- services.docs: Docs",
        "+ services.site: Site",
        "~ severities.p1.response: 15m -> 10m",
    ]


def test_show_gives_the_overview() -> None:
    text = show(RUNBOOK)
    assert text.startswith("A small runbook\n")
    assert "deploy    Deploy (phases: 2, steps: 7, by the bot: 6)" in text
    assert "\x1b" not in text


def test_show_gives_a_procedure_with_every_step() -> None:
    text = show(RUNBOOK, "deploy")
    assert "\nPrepare  [sequence]\n[ ]  Read the change\n[*]  Fetch  (shell)\n     $ git fetch {ref}\n" in text


def test_show_finds_the_procedure_of_a_severity() -> None:
    text = show(RUNBOOK, "p1")
    assert text.startswith("Incident (incident)\np1: P1: All; response time 15m; incident\n")
    assert "[>]  Deploy again  (start_procedure)" in text


def test_show_keeps_to_the_width_and_colors_only_when_asked() -> None:
    assert max(map(len, show(RUNBOOK, "deploy", width=40).splitlines())) <= 40
    assert "\x1b[1m" in show(RUNBOOK, color=True)


def test_show_of_an_unknown_procedure_suggests_one() -> None:
    with pytest.raises(Refusal) as caught:
        show(RUNBOOK, "deplo")
    assert caught.value.sentence == "There is no procedure 'deplo'. Did you mean deploy?"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(runbook_app, [str(each) for each in arguments], env={"NEONOPS_RUNBOOK": ""})
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_check_of_a_right_file_says_so(small: Path) -> None:
    code, out, err = run("check", small)
    assert (code, err) == (0, "")
    assert out.startswith(f"{small}: no problems (version ")


def test_check_without_a_file_checks_the_bundled_runbook() -> None:
    code, out, _ = run("check")
    assert code == 0
    assert out.startswith(str(bundled_path()))


def test_check_of_a_broken_file_tells_each_problem_on_a_line_of_standard_error(small: Path) -> None:
    small.write_text(SMALL.replace("kind: shell", "kind: shel").replace("rank: 1", "rank: 0"), encoding="utf-8")
    code, out, err = run("check", small)
    assert (code, out) == (1, "")
    assert [line.split(": ")[0] for line in err.splitlines()] == [
        f"{small}:{line_of('kind: shell')}",
        f"{small}:{line_of('rank: 1')}",
    ]


def test_check_of_a_file_that_is_not_there_is_one_line() -> None:
    code, _, err = run("check", "/nowhere/none.yml")
    assert (code, err) == (1, "/nowhere/none.yml:1: cannot be read: No such file or directory\n")


def test_check_tells_warnings_and_still_ends_well(small: Path) -> None:
    small.write_text(SMALL.replace("Read the change", "x" * 151), encoding="utf-8")
    code, _, err = run("check", small)
    assert code == 0
    assert "warning: 151 characters" in err


def test_show_and_schema_print_to_standard_output(small: Path) -> None:
    assert run("show", "deploy", "--file", small)[1].startswith("Deploy (deploy)\n")
    assert run("show")[1].startswith("NeonPro Deployment Runbook\n")
    assert json.loads(run("schema")[1])["title"] == "NeonOps runbook"


def test_show_of_an_unknown_procedure_ends_with_one() -> None:
    code, out, err = run("show", "rolback")
    assert (code, out, err) == (1, "", "There is no procedure 'rolback'. Did you mean rollback?\n")


def test_diff_prints_the_changes(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yml"
    other.write_text(SMALL.replace("timeout: 2m", "timeout: 3m"), encoding="utf-8")
    code, out, _ = run("diff", small, other)
    assert (code, out) == (0, "~ procedures.deploy.phases.prepare.steps.fetch.timeout: 2m -> 3m\n")
