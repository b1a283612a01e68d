"""The files of evidence: written once, for the bot's own user only, and never served."""

import hashlib
import os
from pathlib import Path

from bot.machine.private_files import FILE, make_private

LARGEST = 100_000_000
"""Bytes of one piece of evidence."""


def folder_of(data_dir: Path) -> Path:
    """Where all evidence lies."""
    return data_dir.resolve() / "evidence"


def write(data_dir: Path, incident: int, content: bytes) -> tuple[str, str]:
    """Keep the content under its hash, never over what is there; its SHA-256 and its path below the folder."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = f"{incident}/{sha256}"
    target = folder_of(data_dir) / path
    make_private(target.parent)
    if not target.exists():
        unfinished = target.with_suffix(".part")
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, FILE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    return sha256, path


def digest_of(data_dir: Path, path: str) -> str:
    """The SHA-256 of a file as it is now; an OSError when it cannot be read."""
    with (folder_of(data_dir) / path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
