"""The bundled file, its schema, and what a step of it means."""

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.errors import Refusal
from bot.runbook.lint import lint
from bot.runbook.load import bundled_path, load
from bot.runbook.schema import json_schema
from bot.runbook.steps import AnyStep
from bot.steps.shell import ShellStep

LOADED = load(bundled_path(), {})
STEPS = [step for each in LOADED.runbook.procedures for _, step in each.steps()]
DATA = yaml.safe_load(LOADED.text)


def test_the_bundled_runbook_has_no_problem_and_no_warning() -> None:
    assert (lint(LOADED.runbook), LOADED.warnings) == ([], ())


def test_every_kind_of_step_that_it_uses_is_known() -> None:
    used = {step.kind for step in STEPS}
    assert used <= {
        "manual", "shell", "http", "sql", "vercel.list", "vercel.deploy", "vercel.probe", "vercel.promote",
        "vercel.rollback", "vercel.wait_alias", "statuspage.check", "health.check", "metrics.check", "github.check",
        "notify", "channel.create", "start_procedure", "git.worktree", "supabase.backup",
        "backup.list", "supabase.restore", "backup.check",
    }  # fmt: skip
    assert len(used) == 22


def test_the_severities_are_those_of_the_command() -> None:
    wanted = {"p1", "p2", "p3", "security", "data-breach", "outage", "data-loss"}
    assert {each.id for each in LOADED.runbook.severities} == wanted


def test_everybody_with_a_role_may_respond() -> None:
    permissions = LOADED.runbook.permissions
    assert {role for roles in permissions.values() for role in roles} == set(permissions["respond"])
    assert len(permissions["respond"]) == 7


def test_the_bundled_file_follows_its_schema() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert [error.message for error in Draft202012Validator(json_schema()).iter_errors(DATA)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [(("schema",), 2), (("procedures", 0, "kind"), "x"), (("procedures", 0, "phases", 0, "steps", 0, "kind"), "shel")],
)
def test_the_schema_refuses_what_the_loader_refuses(path: tuple[str | int, ...], value: object) -> None:
    broken = yaml.safe_load(LOADED.text)
    part = broken
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    assert list(Draft202012Validator(json_schema()).iter_errors(broken))


def shells() -> list[AnyStep]:
    return [step for step in STEPS if isinstance(step, ShellStep)]


@pytest.mark.parametrize("step", shells(), ids=lambda step: str(step.id))
def test_commands_have_a_timeout_of_some_minutes(step: ShellStep) -> None:
    assert 60 <= step.timeout.total_seconds() <= 1800


def test_a_migration_that_was_interrupted_is_never_run_again_by_itself() -> None:
    deploy = LOADED.runbook.procedure("deploy")
    assert deploy.step("migrate").mutates
    assert not deploy.step("backup").mutates


def test_a_dump_is_made_with_its_connection_in_the_environment() -> None:
    backup = ShellStep(id="x", text="X", kind="shell", run=(("pg_dump",),), env=("DIRECT_URL",), postgres="DIRECT_URL")
    url = "postgresql://ana:s%40fe%20pass@db.example.com:5432/neonpro?schema=public&sslmode=require"
    seen = backup.environment({"DIRECT_URL": url, "OTHER": "x"})
    assert seen == {
        "DIRECT_URL": url, "PGUSER": "ana", "PGPASSWORD": "s@fe pass", "PGHOST": "db.example.com", "PGPORT": "5432",
        "PGDATABASE": "neonpro", "PGSSLMODE": "require",
    }  # fmt: skip


@pytest.mark.parametrize(
    "url",
    [None, "", "mysql://a:hunter22@b/c", "postgresql://a:hunter22 x@b/c", "postgresql://a:x@hunter22@b/c", "hunter22"],
)
def test_a_connection_that_is_none_is_refused_without_its_value(url: str | None) -> None:
    backup = ShellStep(id="x", text="X", kind="shell", run=(("pg_dump",),), env=("DIRECT_URL",), postgres="DIRECT_URL")
    with pytest.raises(Refusal, match="DIRECT_URL") as caught:
        backup.environment({"DIRECT_URL": url} if url is not None else {})
    assert "hunter22" not in caught.value.sentence
    assert caught.value.__cause__ is None
