"""Runs a command beside processes that keep every core busy: `python -m tests.loaded make test`."""

import multiprocessing
import os
import subprocess
import sys


def _burn() -> None:
    while True:
        pass


def main(argv: list[str]) -> int:
    """The command's exit code."""
    busy = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(os.cpu_count() or 1)]
    for process in busy:
        process.start()
    try:
        return subprocess.call(argv)
    finally:
        for process in busy:
            process.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
