"""What the bot keeps is for its own user only, from the first start on and again after it was opened."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.startup.preparation import close_data
from storage.migrate import copy_file
from whole.workspace import Workspace


def wide(folder: Path) -> list[str]:
    """What others have any right to, without the checkouts of runs."""
    everything = [folder, *(path for path in folder.rglob("*") if not {"worktrees", "homes"} & {*path.parts})]
    return [str(path) for path in everything if path.stat().st_mode & 0o077]


async def test_nothing_is_readable_by_others(workspace: Workspace) -> None:
    live = await workspace.approve_deploy()
    await live.shows("✅", 30)
    data = workspace.bot.settings.data_dir
    copy_file(workspace.bot.settings.database)
    kept = {path.name for path in data.rglob("*")}
    assert {"neonops.db", "neonops.db-wal", "neonops.db-shm", "outputs"} <= kept
    assert any(name.endswith(".bak") for name in kept)
    assert wide(data) == []


def open_up(folder: Path) -> None:
    (folder / "outputs" / "run-1").mkdir(parents=True, exist_ok=True)
    (folder / "outputs" / "run-1" / "x.log").touch()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)


async def test_what_was_opened_is_closed_at_the_next_start(workspace: Workspace) -> None:
    data = workspace.bot.settings.data_dir
    await workspace.stop()
    open_up(data)
    await workspace.start()
    assert wide(data) == []


async def test_what_is_closed_is_said(workspace: Workspace) -> None:
    open_up(workspace.bot.settings.data_dir)
    with capture_logs() as logs:
        close_data(workspace.bot.settings)
        close_data(workspace.bot.settings)
    assert [(line["event"], line["count"] > 2) for line in logs] == [("data.closed_to_others", True)]


CODE = """
import ctypes, sys
import bot.__main__ as main
main.cli = lambda: sys.stdout.write(str(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)))
main.main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's service for this is Linux's")
def test_the_bots_process_is_closed_to_its_own_user() -> None:
    assert ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 1, "as any process is"
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout == "0"
