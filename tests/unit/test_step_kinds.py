"""A kind of step is one module: what it lists in KINDS is all that the rest of the bot needs of it."""

import subprocess
import sys
from pathlib import Path

import pytest

import bot.steps
from bot.runbook.load import parse
from bot.runbook.problems import RunbookError
from bot.runbook.steps import step_kinds

ROOT = Path(__file__).parents[2]
MODULE = '''"""`coffee`: a cup, before anything else."""

from typing import ClassVar, Literal

from bot.runbook.steps import Step, StepKind
from bot.runs.outcome import Context, Done, Outcome


class Coffee(Step):
    """A cup."""

    kind: Literal["coffee"]
    interruptible: ClassVar[bool] = True
    cups: int = 1


async def run(step: Coffee, context: Context) -> Outcome:
    """Brew it."""
    return Done(f"{step.cups} cups")


KINDS = (StepKind(Coffee, run),)
'''
RUNBOOK = """
schema: 1
name: small
title: Small
permissions: {respond: [devops]}
procedures:
  - id: morning
    title: Morning
    phases:
      - id: first
        title: First
        steps: [{id: cup, kind: coffee, text: A cup, cups: 2}]
"""
PROGRAM = f"""
import asyncio
from bot.runbook.load import parse
from bot.runbook.steps import step_kinds
step = parse({RUNBOOK!r}, env={{}}).runbook.procedure("morning").step("cup")
print(step.interruptible, asyncio.run(step_kinds()["coffee"].run(step, None)).found)
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A copy of the bot with one file more."""
    subprocess.run(["cp", "-r", str(ROOT / "bot"), str(tmp_path)], check=True)
    (tmp_path / "bot" / "steps" / "coffee.py").write_text(MODULE, "utf-8")
    return tmp_path


def test_a_new_kind_of_step_is_one_file(elsewhere: Path) -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], cwd=elsewhere, capture_output=True, text=True, check=True)
    assert told.stdout == "True 2 cups\n"


def test_without_its_file_it_is_no_kind() -> None:
    with pytest.raises(RunbookError, match="'coffee' is not a kind of step"):
        parse(RUNBOOK, env={})


def test_what_the_engine_does_not_do_is_settled_by_somebody_else() -> None:
    assert {name for name, kind in step_kinds().items() if not kind.run} == {
        "manual", "start_procedure", "notify", "channel.create",
    }  # fmt: skip


def test_every_module_of_steps_is_found() -> None:
    named = {kind.model.__module__ for kind in step_kinds().values()}
    files = Path(bot.steps.__path__[0]).rglob("*.py")
    lists = {".".join(("bot.steps", *each.relative_to(bot.steps.__path__[0]).with_suffix("").parts))
             for each in files if "KINDS = " in each.read_text("utf-8")}  # fmt: skip
    assert named == lists


def test_nothing_but_the_steps_compares_the_names_of_kinds() -> None:
    """What a kind may is read from the kind."""
    names = [f'"{name}"' for name in step_kinds() if "." in name and name != "channel.create"]
    told = [f"{each}: {name}" for part in ("bot", "handlers") for each in (ROOT / part).rglob("*.py")
            if "steps" not in each.parts for name in names if name in each.read_text("utf-8")]  # fmt: skip
    assert told == []
