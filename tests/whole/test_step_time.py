"""The `timeout` of a step is its own, to the second."""

import re
from typing import Any

from bot.runs.model import StepState
from whole.runbooks import runbook
from whole.workspace import Workspace


def _shell(name: str, timeout: str, *commands: list[str]) -> dict[str, Any]:
    return {"id": name, "kind": "shell", "text": name, "run": [*commands], "timeout": timeout, "idempotent": True}


async def _ended(workspace: Workspace, *steps: dict[str, Any]) -> list[tuple[StepState, str]]:
    """How each of the steps ended: they run one after another."""
    phases = [{"id": "work", "title": "Work", "mode": "sequence", "steps": [*steps]}]
    path = workspace.world.directory / "own.yml"
    path.write_text(runbook([{"id": "work", "kind": "incident", "title": "Work", "phases": phases}]), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    await workspace.declare_soon("p1 First")

    async def over() -> bool:
        return (await workspace.step(str(steps[-1]["id"]), 1)).state in (StepState.DONE, StepState.FAILED)

    await workspace.until(over, 30)
    records = [await workspace.step(str(step["id"]), 1) for step in steps]
    return [(record.state, record.found or "") for record in records]


async def test_a_command_has_all_the_time_that_its_step_has(workspace: Workspace) -> None:
    short, hanging = _shell("short", "4s", ["true"]), _shell("hanging", "1s", ["sleep", "60"])
    (done, _), (failed, found) = await _ended(workspace, short, hanging)
    assert (done, failed) == (StepState.DONE, StepState.FAILED)
    assert re.match("sleep 60: timed out after [1-9][0-9]* s", found)
