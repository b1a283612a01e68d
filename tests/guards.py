"""How long anything in the tests may take before it hangs: a guard measures nothing, and is far away on any machine."""

import os
from collections.abc import Iterator

GUARD_S = 60.0 * float(os.environ.get("TEST_PATIENCE", "1"))
"""Seconds after which what a test waits for is not going to happen."""


def pauses() -> Iterator[float]:
    """Seconds to wait between two looks: each a tenth longer, so that who waits long slows nothing down."""
    pause = 0.01
    while True:
        yield pause
        pause = min(pause * 1.1, 0.2)
