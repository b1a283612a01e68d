"""`git` where the machine has none: enough for the steps that look at the checkout and pull."""

from sandbox.neonpro.tools.stage import Failed, play, say, state

VERSION = "2.43.0"


def run(words: list[str]) -> int:
    commits = [line.split("\t") for line in state("commits").splitlines()]
    sha, message, author = commits[-1]
    match words:
        case ["--version"]:
            say(f"git version {VERSION}")
        case ["checkout" | "switch", "main"]:
            play(["Already on 'main'"], 0.2)
        case ["pull" | "fetch", *_]:
            play(["From origin", " * branch            main       -> FETCH_HEAD", "Already up to date."], 0.6)
        case ["rev-parse", *rest]:
            say("main" if "--abbrev-ref" in rest else sha)
        case ["status", *rest]:
            say("" if "--porcelain" in rest else "On branch main\nnothing to commit, working tree clean")
        case ["log", *_]:
            say(f"commit {sha}\nAuthor: {author}\n\n    {message}")
        case _:
            raise Failed(f"git: the practice git does not know {' '.join(words)!r}", 129)
    return 0
