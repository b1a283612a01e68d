"""Ids and message timestamps in Slack's shapes; unique in one workspace, and timestamps always grow."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable


class Ids:
    """Makes ids (`C0PRACTICE1A`) and timestamps (`1763859600.000123`) from the clock it is given (unix seconds)."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._numbers = itertools.count(1)
        self._last_micros = 0

    def new(self, prefix: str) -> str:
        """A new id: the prefix (C, D, V, Ev, F, Bk …) and ten characters."""
        return f"{prefix}0P{next(self._numbers):04X}{secrets.token_hex(2).upper()}"

    def ts(self) -> str:
        """A new message timestamp, later than every one before."""
        self._last_micros = max(self._last_micros + 1, int(self._now() * 1_000_000))
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    @staticmethod
    def secret(size: int = 12) -> str:
        """An unguessable hexadecimal word, for tokens, hashes and addresses."""
        return secrets.token_hex(size)

    @staticmethod
    def short() -> str:
        """What Slack fills in where an app left out a block_id or action_id."""
        return secrets.token_urlsafe(4)[:5]
