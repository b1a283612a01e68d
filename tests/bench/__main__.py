"""`python -m tests.bench [--quick] [--strict] [--only NAME] [--json FILE]`: measure, print the table, judge."""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import acks, burst, declaring, history, starting, stepping, takeover
from tests.bench.figures import Figure, as_json, percentile, table

Measure = Callable[[Path], Awaitable[list[Figure]]]


@dataclass(frozen=True)
class Sizes:
    """How much of everything: one for a verdict, one for a quick look (whose p99 is no more than a hint)."""

    deliveries: int
    rounds: int
    clicks: int
    incidents: int
    events: int
    starts: int
    worth: int
    steps: int
    blows: int


FULL = Sizes(
    deliveries=400, rounds=20, clicks=500, incidents=8, events=1_000_000, starts=3, worth=200, steps=50, blows=5
)
QUICK = Sizes(deliveries=25, rounds=3, clicks=200, incidents=2, events=40_000, starts=1, worth=10, steps=20, blows=1)


def measures(sizes: Sizes) -> dict[str, Measure]:
    """Every part of the benchmark by name, in the order of the table."""
    return {
        "acks": lambda at: acks.measure(at, acks.Sizes(sizes.deliveries, sizes.rounds)),
        "burst": lambda at: burst.measure(at, sizes.clicks),
        "declaring": lambda at: declaring.measure(at, sizes.incidents),
        "stepping": lambda at: stepping.measure(at, sizes.steps),
        "starting": lambda at: starting.measure(at, sizes.starts, sizes.worth),
        "history": lambda at: history.measure(at, sizes.events),
        "takeover": lambda at: takeover.measure(at, sizes.blows),
    }


async def run(parts: dict[str, Measure]) -> list[Figure]:
    """Measure the parts one after another, each in a directory of its own that is gone afterwards."""
    figures: list[Figure] = []
    for name, measure in parts.items():
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix=f"neonops-bench-{name}-") as directory:
            figures += await measure(Path(directory))
        sys.stderr.write(f"{name}: measured in {time.perf_counter() - began:.0f} s\n")
    return figures


def machine() -> dict[str, object]:
    """What the figures were measured on: how busy it was before, and what a commit costs at the least."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count() or 1,
        "load": round(os.getloadavg()[0], 2),
        "fsync_ms": round(percentile(fsyncs_ms(50), 0.5), 2),
    }


def fsyncs_ms(count: int) -> list[float]:
    """How long the disk under the temporary directory takes to keep 8 kB, as a commit of SQLite asks it to."""
    taken: list[float] = []
    with tempfile.TemporaryFile() as file:
        for _ in range(count):
            file.write(bytes(8192))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append((time.perf_counter() - began) * 1000)
    return taken


def options(argv: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller numbers, in under a minute")
    parser.add_argument("--strict", action="store_true", help="fail on any miss, not only on one by more than 20 %%")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures into this file")
    parser.add_argument("--only", action="append", choices=list(measures(FULL)), help="only this part; may be repeated")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    """0, or 1 when a target is missed."""
    chosen = options(argv)
    every = measures(QUICK if chosen.quick else FULL)
    on = machine()
    figures = asyncio.run(run({name: every[name] for name in chosen.only or every}))
    sys.stdout.write(
        "\n{cores} cores, load {load} before, fsync {fsync_ms} ms, Python {python}\n\n".format(**on) + table(figures)
    )
    if chosen.json:
        written = {"machine": on, "quick": chosen.quick, "figures": as_json(figures)}
        chosen.json.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return _judge(figures, strict=chosen.strict)


def _judge(figures: Sequence[Figure], *, strict: bool) -> int:
    missed = [figure.what for figure in figures if figure.verdict == "miss"]
    failed = [figure.what for figure in figures if figure.failed(strict=strict)]
    sys.stdout.write(f"\n{len(missed)} missed, {len(failed)} of them by more than is allowed.\n" if missed else "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
