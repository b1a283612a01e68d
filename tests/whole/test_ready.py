"""`/readyz` is about work: a disk that takes nothing more is told, and that it takes something again."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from bot.startup.readiness import FRESH, can_write
from whole.workspace import Workspace


@contextmanager
def disk(path: Path) -> Iterator[Path]:
    """A file system of its own, of 8 MB."""
    path.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", path], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("only root may mount a disk")
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


def fill(path: Path) -> Path:
    """Not a byte is left."""
    ballast = path / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    return ballast


async def _becomes(workspace: Workspace, **checks: bool) -> None:
    async def so() -> bool:
        found = await workspace.bot.ready()
        return all(found.get(name, True) == wanted for name, wanted in checks.items())

    await workspace.until(so, 10 * FRESH)


async def test_a_full_disk_is_told_and_so_is_that_it_has_room_again(workspace: Workspace, tmp_path: Path) -> None:
    with disk(tmp_path / "small") as small:
        await workspace.restart(NEONOPS_DATA_DIR=str(small))
        await _becomes(workspace, database=True, disk=True)
        ballast = fill(small)
        await _becomes(workspace, database=False, disk=False)
        answer = await workspace.alice.types("/incident p1 Checkout is down")
        assert "disk is full, so nothing was saved" in answer
        ballast.unlink()
        await _becomes(workspace, database=True, disk=True)
        assert "declared" in await workspace.alice.types("/incident p1 Checkout is down")
        await workspace.stop()


def test_a_disk_that_may_only_be_read_cannot_be_written_to(tmp_path: Path) -> None:
    with disk(tmp_path / "small") as small:
        found = []
        for mode in ("ro", "rw"):
            subprocess.run(["mount", "-o", f"remount,{mode}", small], check=True)
            found.append(can_write(small))
    assert found == [False, True]


def test_a_directory_that_is_not_there_cannot_be_written_to(tmp_path: Path) -> None:
    assert (can_write(tmp_path), can_write(tmp_path / "nothing")) == (True, False)
