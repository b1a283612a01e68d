"""That commands are not kept apart from the bot is said: on every card that has some, by the doctor, in words."""

from dataclasses import replace
from pathlib import Path

import pytest
from domain_world import changing, manual, opened, phase, procedure, runbook

from bot.cli.diagnosis.commands import holds_password, in_clone, on_isolation
from bot.execution.mode import Isolation
from bot.execution.plan import Ground, ground_of, rules_of, view_of
from bot.runs.start import show_cards
from bot.settings import fixed_settings
from bot.startup.isolation import _closed, closed_to_others
from handlers.slack.cards.view import read_view
from handlers.slack.drawing import draw

WARNING = "not isolated from NeonOps"
STEPS = {"commands": changing("build"), "none": manual("look")}


def drawn(step: dict[str, object], why: str) -> str:
    with opened(runbook(procedure(phase(step, name="line", mode="sequence")))) as world:
        world.domain = replace(world.domain, open_to_commands=why)
        run = world.begin("work", channel="C1")
        found = world.domain.runbook.procedure(run.procedure)
        world.ask(lambda tx: show_cards(tx, run, found, "main", channel="C1"))
        view = world.do(read_view, world.ask(lambda tx: tx.cards.find(run_id=run.id))[0])
        assert view
        return str(draw(view).blocks)


@pytest.mark.parametrize(
    ("steps", "why", "said"), [("commands", "no way", True), ("commands", "", False), ("none", "no way", False)]
)
def test_a_card_with_commands_says_that_nothing_keeps_them_apart(steps: str, why: str, said: bool) -> None:
    assert (WARNING in drawn(STEPS[steps], why)) is said


def test_the_doctor_warns_and_says_what_to_do() -> None:
    finding = on_isolation(Isolation(why_not="namespaces: Operation not permitted"))
    assert finding.mark == "!"
    assert "can read its tokens" in finding.what
    assert "Operation not permitted" in finding.what
    assert "docs/neonops.service" in finding.mend
    assert on_isolation(Isolation(own_users=True)).mark == "✓"


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ("url = https://bot:ghp_x@github.com/a/b.git", True),
        ("[http]\n\textraHeader = Authorization: basic x", True),
        ("url = git@github.com:a/b.git", False),
        ("url = https://github.com/a/b.git", False),
    ],
)
def test_a_password_in_a_git_configuration_is_seen(config: str, found: bool) -> None:
    assert holds_password(config) is found


def test_the_directory_that_keeps_others_out_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "builds").mkdir(parents=True)
    closed.chmod(0o700)
    (closed / "builds").chmod(0o755)
    assert closed_to_others(closed / "builds") == closed
    assert closed_to_others(Path("/usr/bin")) is None


def test_where_only_users_keep_apart_the_checkouts_must_be_passable(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    why = _closed(tmp_path / "builds")
    assert why
    assert "NEONOPS_BUILD_DIR" in why
    assert _closed(Path("/usr")) is None


def test_what_of_the_bot_lies_in_the_clone_is_named(tmp_path: Path) -> None:
    (tmp_path / "clone" / "data").mkdir(parents=True)
    inside = fixed_settings({"NEONOPS_DATA_DIR": str(tmp_path / "clone" / "data")})
    assert [str(tmp_path / "clone" / "data") in each.what for each in in_clone(inside, tmp_path / "clone")] == [True]
    assert in_clone(fixed_settings({"NEONOPS_DATA_DIR": str(tmp_path)}), tmp_path / "clone") == []


def rules(path: str, *private: str, tools: tuple[str, ...] = ()) -> dict[str, str]:
    ground = Ground(tuple(map(Path, private)), tuple(map(Path, tools)))
    return {str(place): how for place, how in rules_of(ground, {"PATH": path}, ("/usr/bin/true",)).items()}


def test_the_tree_of_a_program_folder_is_shown() -> None:
    found = rules("/home/x/.bun/bin:/usr/bin", "/home/x")
    assert (found["/home/x/.bun/bin"], found["/home/x/.bun"], found["/home/x"]) == ("ro", "ro", "none")


@pytest.mark.parametrize("path", ["/home/x/bin", "/home/x/.local/bin", "/srv/app/bin"])
def test_a_tree_with_something_private_is_not_shown(path: str) -> None:
    found = rules(path, "/home/x", "/srv/app/data")
    assert found[path] == "ro"
    assert found.get(str(Path(path).parent)) != "ro"


def test_what_lies_deeper_is_laid_over_what_is_above() -> None:
    shown = [path for _, path in view_of({Path("/opt/x/data"): "none", Path("/opt"): "ro", Path("/opt/x"): "none"})]
    assert shown == ["/opt", "/opt/x", "/opt/x/data"]


def test_the_root_is_never_hidden() -> None:
    assert Path("/") not in ground_of([Path("/"), None], [], Isolation()).private
