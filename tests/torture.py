"""How often chance is tried: a share in `make test`, long in `make torture`. Each kind of case is in both."""

import os
import random
from typing import TypeVar

T = TypeVar("T")

LONG = bool(os.environ.get("TORTURE"))
"""Whether this is `make torture`."""
SEED = int(os.environ.get("TORTURE_SEED", "1"))
"""What chance begins with; `make torture` draws one, and says which."""


def often(share: int, torture: int) -> int:
    """How often something is tried."""
    return torture if LONG else share


def dice(*about: object) -> random.Random:
    """Chance that is the same for the same seed."""
    return random.Random(f"{SEED}:{about}")


def some(cases: list[T], share: int, *about: object) -> list[T]:
    """So many of the cases, by chance, in their order; all of them in `make torture`."""
    chosen = dice(*about).sample(range(len(cases)), min(share, len(cases)))
    return cases if LONG else [cases[index] for index in sorted(chosen)]
