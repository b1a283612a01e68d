"""Parts of the sentences that events of several areas say."""

from collections.abc import Callable
from typing import Any

Words = Callable[[dict[str, Any]], str]
"""Of an event's data, its sentence."""


def who(user: str) -> str:
    return f"<@{user}>" if user != "neonops" else "NeonOps"
