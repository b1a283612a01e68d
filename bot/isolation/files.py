"""Directories of a run's commands: given to them, and taken back and removed, whatever they made of them."""

import os
import shutil
from pathlib import Path

_LISTED = 0o711
"""Others may pass through, and not look around."""


def make_root(path: Path, *, passable: bool) -> None:
    """The directory above those of the runs; `passable` for other users where nothing else leads them to their own."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(_LISTED if passable else 0o700)


def give(path: Path, user: int | None) -> None:
    """All below this directory, and it, becomes the user's, for nobody else to read. Links are not followed."""
    path.chmod(0o700)
    if user is None:
        return
    for _, folders, files, here in os.fwalk(path, topdown=False):
        for name in (*folders, *files):
            os.chown(name, user, user, dir_fd=here, follow_symlinks=False)
    os.chown(path, user, user, follow_symlinks=False)


def belongs_to(path: Path, user: int | None) -> bool:
    """Whether it was given to this user."""
    return user is None or path.lstat().st_uid == user


def remove(path: Path) -> None:
    """Remove a directory, also when it was given away or holds folders that nobody may open. Never raises OSError.

    Links are not followed, so that nothing outside is touched.
    """
    if path.is_symlink() or not path.exists():
        return
    take_back(path)
    shutil.rmtree(path, ignore_errors=True)


def take_back(path: Path) -> None:
    """Every folder becomes ours again and can be opened, from the top down."""
    waiting = [str(path)]
    while waiting:
        folder = waiting.pop()
        try:
            os.chown(folder, os.geteuid(), os.getegid(), follow_symlinks=False)
            os.chmod(folder, 0o700)
            with os.scandir(folder) as entries:
                waiting += [each.path for each in entries if each.is_dir(follow_symlinks=False)]
        except OSError:
            continue
