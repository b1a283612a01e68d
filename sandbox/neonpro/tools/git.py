"""`git` where the machine has none: enough for the steps that look at the checkout and pull."""

import shutil
from pathlib import Path

from sandbox.neonpro.tools.stage import Failed, play, say, state

VERSION = "2.43.0"


def run(words: list[str]) -> int:
    commits = [line.split("\t") for line in state("commits").splitlines()]
    sha, message, author = commits[-1]
    match _without_settings(words):
        case ["--version"]:
            say(f"git version {VERSION}")
        case ["checkout" | "switch", "main"]:
            play(["Already on 'main'"], 0.2)
        case ["pull" | "fetch", *_]:
            play(["From origin", " * branch            main       -> FETCH_HEAD", "Already up to date."], 0.6)
        case ["worktree", "add", *_, path, _]:
            shutil.copytree(Path.cwd(), path, dirs_exist_ok=True)
            (Path(path) / ".git").touch()
        case ["worktree", *_] | ["update-ref", *_]:
            pass
        case ["rev-parse", "--git-dir"]:
            say(".git")
        case ["rev-parse", *rest]:
            say("main" if "--abbrev-ref" in rest else sha)
        case ["status", *rest]:
            say("" if "--porcelain" in rest else "On branch main\nnothing to commit, working tree clean")
        case ["log", *_]:
            say(f"commit {sha}\nAuthor: {author}\n\n    {message}")
        case _:
            raise Failed(f"git: the practice git does not know {' '.join(words)!r}", 129)
    return 0


def _without_settings(words: list[str]) -> list[str]:
    """The words after `-c name=value …`."""
    return _without_settings(words[2:]) if words[:1] == ["-c"] else words
