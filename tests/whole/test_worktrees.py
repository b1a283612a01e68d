"""Each run has a checkout of its own: at its commit, apart from every other, gone when it is over."""

from pathlib import Path
from typing import Any

from bot.runs.model import RunState, StepRecord, StepState
from whole.runbooks import runbook, short_data, written
from whole.workspace import Workspace

CHECKOUT = {"id": "own", "kind": "git.worktree", "text": "Check out"}


def _shell(name: str, *argv: str) -> dict[str, Any]:
    return {"id": name, "kind": "shell", "text": name.capitalize(), "run": [[*argv]], "idempotent": True}


async def _use(workspace: Workspace, *steps: dict[str, Any], **environment: str) -> None:
    """The procedure of P1 is these steps, one after another."""
    phases = [{"id": "work", "title": "Work", "mode": "sequence", "steps": [*steps]}]
    path = workspace.world.directory / "own.yml"
    path.write_text(runbook([{"id": "work", "kind": "incident", "title": "Work", "phases": phases}]), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path), **environment)


def _trees(workspace: Workspace) -> Path:
    return workspace.world.directory / "data" / "worktrees"


def _has(workspace: Workspace, run_id: int, name: str) -> bool:
    return (_trees(workspace) / f"run-{run_id}" / name).exists()


def _printed(record: StepRecord) -> str:
    return Path(record.output or "").read_text()


async def _step_is(workspace: Workspace, run_id: int, step_id: str, state: StepState) -> None:
    async def there() -> bool:
        return (await workspace.step(step_id, run_id)).state is state

    await workspace.until(there, 30)


async def test_two_runs_at_once_never_see_each_others_files(workspace: Workspace) -> None:
    await _use(workspace, CHECKOUT, _shell("mark", "touch", "made-by-{run}"), {"id": "look", "text": "Look"})
    await workspace.declare_soon("p1 First")
    await workspace.declare_soon("p1 Second")
    for run_id in (1, 2):
        await _step_is(workspace, run_id, "mark", StepState.DONE)
    assert [_has(workspace, run_id, f"made-by-{run_id}") for run_id in (1, 2)] == [True, True]
    assert not _has(workspace, 1, "made-by-2")
    assert not _has(workspace, 2, "made-by-1")
    workdir = workspace.neonpro.workdir
    assert workdir
    assert [path.name for path in workdir.glob("made-by-*")] == []


async def test_an_interrupted_checkout_is_made_again(workspace: Workspace) -> None:
    await _use(workspace, CHECKOUT, _shell("mark", "touch", "made"), {"id": "look", "text": "Look"})
    await workspace.declare_soon("p1 First")
    await workspace.until(lambda: _has(workspace, 1, ".git"))
    await workspace.crash()
    await workspace.start()
    await _step_is(workspace, 1, "mark", StepState.DONE)
    assert _has(workspace, 1, "made")


async def test_a_directory_that_is_no_repository_gets_one_sentence(workspace: Workspace, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    await _use(workspace, CHECKOUT, NEONOPS_WORKDIR=str(plain))
    await workspace.declare_soon("p1 First")
    await _step_is(workspace, 1, "own", StepState.FAILED)
    found = (await workspace.step("own")).found
    assert found == f"NEONOPS_WORKDIR ({plain}) is no git repository: clone the product's there."


async def test_a_deploy_works_at_its_approved_commit_and_leaves_nothing(workspace: Workspace) -> None:
    whole = short_data("migrate")
    deploy = next(each for each in whole["procedures"] if each["id"] == "deploy")
    preparation = next(phase for phase in deploy["phases"] if phase["id"] == "preparation")
    preparation["steps"] = [CHECKOUT, _shell("at", "git", "rev-parse", "HEAD")]
    path = workspace.world.directory / "own.yml"
    path.write_text(written(whole), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    live = await workspace.approve_deploy("api main")
    await live.shows("👉 *Test critical user flows*", 30)
    run = await workspace.run()
    assert (await workspace.step("own")).detail["commit"] == run.inputs.sha
    assert run.inputs.sha in _printed(await workspace.step("at"))
    assert _has(workspace, 1, "package.json")
    await live.tick("Test critical user flows", by=workspace.bruno)
    await live.shows("🟢 *done*")
    await workspace.bot.worktrees.sweep()
    assert (await workspace.run()).state is RunState.DONE
    assert list(_trees(workspace).iterdir()) == []
    assert [path.name for path in (workspace.bot.settings.data_dir / "caches").iterdir()] == ["run-1"]
