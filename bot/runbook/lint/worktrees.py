"""Where `git.worktree` may stand: before everything that runs in what it makes, and once."""

from collections.abc import Iterator

from bot.runbook.model import Phase, Procedure, Runbook
from bot.runbook.problems import Finding, Path
from bot.runbook.steps import Step
from bot.text import say

Placed = tuple[Path, Phase, Step]


def runs_code(procedure: Procedure) -> bool:
    """Whether it runs commands: of the runbook, and with them code of the repository and of what that installs."""
    return any(step.runs_commands for _, step in procedure.steps())


def work_trees(runbook: Runbook) -> Iterator[Finding]:
    """Checkouts made twice or too late, and shell steps that would run before theirs is made or after it is gone."""
    for index, procedure in enumerate(runbook.procedures):
        placed = list(_placed(procedure, index))
        makes = [each for each in placed if each[2].makes_checkout]
        if makes and (misplaced := list(_makers(makes))):
            yield from misplaced
        elif makes:
            yield from _users(placed, placed.index(makes[0]))


def _placed(procedure: Procedure, index: int) -> Iterator[Placed]:
    for phase_index, phase in enumerate(procedure.phases):
        for step_index, step in enumerate(phase.steps):
            yield ("procedures", index, "phases", phase_index, "steps", step_index), phase, step


def _makers(makes: list[Placed]) -> Iterator[Finding]:
    path, phase, _ = makes[0]
    if phase.mode != "sequence" or phase.stage != "main":
        yield Finding((*path, "kind"), say("must be in a phase of stage main and mode sequence"))
    for path, _, _ in makes[1:]:
        yield Finding((*path, "kind"), say("a procedure has one git.worktree"))


def _users(placed: list[Placed], maker: int) -> Iterator[Finding]:
    """The first of each is enough: it is the checkout that has to move."""
    early = [path for path, _, step in placed[:maker] if step.runs_commands]
    late = [path for path, phase, step in placed if step.runs_commands and phase.stage == "after"]
    for path in early[:1]:
        yield Finding((*path, "kind"), say("its checkout is created only after it (git.worktree)"))
    for path in late[:1]:
        yield Finding((*path, "kind"), say("its checkout is removed by then (git.worktree)"))
