"""What passed between Slack and the app, in order, with tokens masked: for tests to count and people to see."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .notifier import Notifier

Kind = Literal["api", "event", "command", "interactive", "ack", "response_url", "socket"]
KEPT = 2000
_TOKEN = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|(?<=/response/)\w+|(?<=ticket=)\w+")


@dataclass(frozen=True)
class Call:
    """One call of a Web API method: `at` in unix seconds, `outcome` "ok" or Slack's error; `args` without the token."""

    method: str
    args: Mapping[str, Any]
    at: float
    outcome: str
    answer_lost: bool = False


@dataclass(frozen=True)
class Passage:
    """One line of the traffic view: `at` in unix milliseconds, `ms` how long it took."""

    n: int
    at: int
    kind: Kind
    name: str
    ms: float
    outcome: str
    summary: str


class Traffic:
    """A ring of the newest passages."""

    def __init__(self, now: Callable[[], float], notifier: Notifier) -> None:
        self._now = now
        self._notifier = notifier
        self._ring: deque[Passage] = deque(maxlen=KEPT)
        self._count = 0

    def note(self, kind: Kind, name: str, *, ms: float = 0, outcome: str = "ok", summary: str = "") -> None:
        """Add a passage; tokens in the summary are masked and it is cut to one short line."""
        self._count += 1
        at = int(self._now() * 1000)
        passage = Passage(self._count, at, kind, name, round(ms, 1), outcome, mask(summary)[:300])
        self._ring.append(passage)
        self._notifier.notify("traffic", call=asdict(passage))

    def newest(self, limit: int) -> list[dict[str, Any]]:
        """The newest `limit` passages, oldest first."""
        passages: Iterable[Passage] = list(self._ring)[-limit:] if limit > 0 else ()
        return [asdict(passage) for passage in passages]


def mask(text: str) -> str:
    """The text with Slack tokens, socket tickets and response addresses replaced."""
    return _TOKEN.sub("•••", text)


def summarize(args: Mapping[str, Any]) -> str:
    """Arguments in one line: `channel=C0 text=…`."""
    return " ".join(f"{name}={_short(value)}" for name, value in args.items() if value not in (None, ""))


def _short(value: Any) -> str:
    if isinstance(value, (list, dict)):
        return f"[{len(value)}]" if isinstance(value, list) else "{…}"
    return str(value).replace("\n", " ")[:80]
