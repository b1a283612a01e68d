"""A deploy goes no further than its backup and its migration let it."""

import asyncio

import pytest

from bot.backups.model import BackupKind
from bot.runs.model import StepState
from whole.runbooks import short_data, short_runbook, written
from whole.workspace import Card, Workspace


@pytest.fixture
def workspace(loop: asyncio.Runner, workspace: Workspace) -> Workspace:
    """A deploy of few steps, with its backup."""
    path = workspace.world.directory / "short.yml"
    path.write_text(short_runbook("backup", "migrate"), "utf-8")
    loop.run(workspace.restart(NEONOPS_RUNBOOK=str(path)))
    return workspace


async def test_a_deploy_proves_its_backup_first(workspace: Workspace) -> None:
    live = await workspace.approve_deploy("api main")
    await live.shows("👉 *Test critical user flows*", 30)
    (backup,) = await workspace.read(lambda tx: tx.backups.find())
    assert backup.kind is BackupKind.DUMP
    assert backup.rows["public.users"] == 240
    assert (workspace.world.directory / "data" / str(backup.path) / "database.dump").stat().st_size == backup.size
    record = await workspace.step("backup")
    assert str(record.found).startswith("verified: ")


async def _fails_at(workspace: Workspace, live: Card, text: str) -> None:
    await live.shows(f"⚠️ *{text}* failed", 30)
    await workspace.settled()
    assert workspace.neonpro.mutations == []
    assert (await workspace.step("api_deploy")).state is StepState.OPEN


async def test_nothing_moves_when_the_backup_cannot_be_made(workspace: Workspace) -> None:
    await workspace.restart(DIRECT_URL="postgresql://nobody:nothing-here@127.0.0.1:1/none?connect_timeout=2")
    live = await workspace.approve_deploy("api main")
    await _fails_at(workspace, live, "Create backup")
    assert (await workspace.step("migrate")).state is StepState.OPEN


async def test_nothing_moves_when_the_backup_proves_nothing(workspace: Workspace) -> None:
    whole = short_data("backup", "migrate")
    deploy = next(each for each in whole["procedures"] if each["id"] == "deploy")
    backup = next(step for phase in deploy["phases"] for step in phase["steps"] if step["id"] == "backup")
    backup["tables"] = ["users", "invoices"]
    path = workspace.world.directory / "strict.yml"
    path.write_text(written(whole), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    live = await workspace.approve_deploy("api main")
    await _fails_at(workspace, live, "Create backup")
    assert "The backup holds no rows of public.invoices." in live.text


async def test_nothing_moves_when_the_migration_fails(workspace: Workspace) -> None:
    whole = short_data("backup", "migrate")
    deploy = next(each for each in whole["procedures"] if each["id"] == "deploy")
    migrate = next(step for phase in deploy["phases"] for step in phase["steps"] if step["id"] == "migrate")
    migrate |= {"run": [["false"]], "cwd": "."}
    path = workspace.world.directory / "broken.yml"
    path.write_text(written(whole), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    live = await workspace.approve_deploy("api main")
    await _fails_at(workspace, live, "Run migrations")
    assert (await workspace.step("backup")).state is StepState.DONE
