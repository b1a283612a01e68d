"""What the bot keeps is for its own user only: made so, and made so again where it is found to be wider."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
OTHERS = 0o077


def make_private(path: Path) -> None:
    """The folder, and those above it that are missing."""
    if not path.exists():
        make_private(path.parent)
        path.mkdir(FOLDER, exist_ok=True)


def touch(path: Path) -> None:
    """The file is there, for nobody else to read; what it holds stays."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, FILE))


def kept(data_dir: Path, database: Path | None) -> Iterator[Path]:
    """All that the bot keeps there, without what belongs to the commands of runs; a folder before what is in it."""
    yield data_dir
    if database:
        yield from database.absolute().parent.glob(f"{database.name}*")
    yield from data_dir.glob("*.bak")
    for top in (data_dir / "outputs", data_dir / "backups", data_dir / "evidence"):
        if top.is_dir():
            yield top
        for folder, folders, files in os.walk(top):
            yield from (Path(folder, each) for each in (*folders, *files))


def close(paths: Iterable[Path]) -> list[Path]:
    """Take others' rights away; the paths where there were any.

    Raises:
        OSError: one of them belongs to somebody else.
    """
    wider = [path for path in dict.fromkeys(paths) if is_open(path)]
    for path in wider:
        path.chmod(FOLDER if path.is_dir() else FILE)
    return wider


def take_over(data_dir: Path, paths: Iterable[Path]) -> None:
    """Root without the power to write everywhere owns what an earlier image's user kept there."""
    if os.geteuid() == 0 and not os.access(data_dir, os.W_OK):
        os.chown(data_dir, 0, 0)
        for path in paths:
            os.chown(path, 0, 0, follow_symlinks=False)


def is_open(path: Path) -> bool:
    """Whether anybody but its owner has any right to it."""
    return path.exists() and not path.is_symlink() and bool(path.stat().st_mode & OTHERS)
