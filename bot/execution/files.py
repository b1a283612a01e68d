"""Directories of a run's commands: given to them, and taken back and removed, whatever they made of them."""

import itertools
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_LISTED = 0o711
"""Others may pass through, and not look around."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def make_root(path: Path, *, passable: bool) -> None:
    """The directory above those of the runs; `passable` for other users where nothing else leads them to their own."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(_LISTED if passable else 0o700)


def give(path: Path, user: int | None) -> None:
    """All below this directory, and it, becomes the user's, for nobody else to read. Links are not followed."""
    path.chmod(0o700)
    if user is None:
        return
    # What lies deepest first: who gives a directory away cannot look into it any more.
    for each in reversed([str(path), *(found.path for found in below(path))]):
        os.chown(each, user, user, follow_symlinks=False)


def below(path: Path) -> Iterator[os.DirEntry[str]]:
    """All below a directory, each directory before what is in it, however deep it goes. Links are not followed."""
    waiting = [str(path)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for each in entries:
                if each.is_dir(follow_symlinks=False):
                    waiting.append(each.path)
                yield each


def belongs_to(path: Path, user: int | None) -> bool:
    """Whether it was given to this user."""
    return user is None or path.lstat().st_uid == user


def remove(path: Path) -> None:
    """Remove a directory, also when it was given away, holds folders that nobody may open, or is deeper than any path.

    Links are not followed, so that nothing outside is touched. Never raises OSError.
    """
    if path.is_symlink() or not path.exists():
        return
    with suppress(OSError):
        _open(str(path))
        top = os.open(path, _FOLDER)
        try:
            _empty(top)
        finally:
            os.close(top)
        path.rmdir()


def _empty(top: int) -> None:
    """Folders are moved up to the top, and emptied there: no path is longer than a name."""
    names = (f"{secrets.token_hex(8)}-{number}" for number in itertools.count())
    waiting = _lift(top, top, names)
    while waiting:
        name = waiting.pop()
        with suppress(OSError):
            folder = os.open(name, _FOLDER, dir_fd=top)
            try:
                waiting += _lift(folder, top, names)
            finally:
                os.close(folder)
            os.rmdir(name, dir_fd=top)


def _lift(folder: int, top: int, names: Iterator[str]) -> list[str]:
    """Unlink the files of a folder, and move its folders to the top: their names there."""
    lifted = []
    with os.scandir(folder) as entries:
        found = [(each.name, each.is_dir(follow_symlinks=False)) for each in entries]
    for name, is_folder in found:
        with suppress(OSError):
            if not is_folder:
                os.unlink(name, dir_fd=folder)
                continue
            _open(name, folder)
            os.rename(name, new := next(names), src_dir_fd=folder, dst_dir_fd=top)
            lifted.append(new)
    return lifted


def _open(name: str, folder: int | None = None) -> None:
    """The folder becomes ours, and can be opened."""
    os.chown(name, os.geteuid(), os.getegid(), dir_fd=folder, follow_symlinks=False)
    os.chmod(name, 0o700, dir_fd=folder)


def take_back(path: Path) -> None:
    """Every folder becomes ours again and can be opened, from the top down."""
    waiting = [str(path)]
    while waiting:
        folder = waiting.pop()
        with suppress(OSError):
            _open(folder)
            with os.scandir(folder) as entries:
                waiting += [each.path for each in entries if each.is_dir(follow_symlinks=False)]
