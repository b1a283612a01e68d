"""`timed.py OUTPUT command …`: run a command, and say in JSON how long it took and how much memory it had at most."""

import json
import resource
import subprocess
import sys
import time


def main(output: str, argv: list[str]) -> None:
    """Standard output and errors of the command go into the file `output`."""
    with open(output, "wb") as file:
        began = time.perf_counter()
        code = subprocess.call(argv, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
        seconds = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_mb": peak_mb, "code": code}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
