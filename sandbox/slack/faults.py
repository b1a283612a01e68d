"""What can go wrong on purpose: the faults a test or the practice page switches on.

Counts go down with each use; a fault that is used up is forgotten. Methods are Web API names (`chat.postMessage`);
`*` stands for every method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

ANY = "*"


@dataclass
class ErrorFault:
    """The next `n` calls answer this error without acting; `status` is the HTTP status."""

    error: str
    n: int = 1
    status: int = 200


@dataclass
class RateFault:
    """The next `n` calls (of a channel, or all) answer 429 with this Retry-After in seconds."""

    n: int = 1
    retry_after: int = 1
    channel: str = ""


@dataclass
class Faults:
    """Every fault at once; all of it may be changed while the server runs."""

    lost_answers: dict[str, int] = field(default_factory=dict)
    lost_requests: dict[str, int] = field(default_factory=dict)
    errors: dict[str, ErrorFault] = field(default_factory=dict)
    rate_limit: dict[str, RateFault] = field(default_factory=dict)
    latency_ms: int = 0
    method_latency_ms: dict[str, int] = field(default_factory=dict)
    duplicate_events: bool = False
    duplicate_interactions: bool = False
    reorder: bool = False
    refuse_sockets: bool = False
    not_invited: dict[str, str] = field(default_factory=dict)
    """User id -> the error with which inviting them is refused, until it is taken away."""

    def lose(self, method: str, n: int = 1) -> None:
        """The next `n` calls act, and then the connection closes without an answer."""
        self.lost_answers[method] = n

    def lose_requests(self, method: str, n: int = 1) -> None:
        """The next `n` calls close the connection before they act."""
        self.lost_requests[method] = n

    def fail(self, method: str, error: str, *, n: int = 1, status: int = 200) -> None:
        """The next `n` calls answer `error` without acting."""
        self.errors[method] = ErrorFault(error, n, status)

    def limit(self, method: str, *, n: int = 1, retry_after: int = 1, channel: str = "") -> None:
        """The next `n` calls (with `channel`, into it) answer 429 `ratelimited`."""
        self.rate_limit[method] = RateFault(n, retry_after, channel)

    def latency(self, method: str) -> float:
        """Seconds to wait before the call acts."""
        return self.method_latency_ms.get(method, self.latency_ms) / 1000

    def take_error(self, method: str) -> ErrorFault | None:
        fault: ErrorFault | None = _take(self.errors, method)
        return fault

    def take_rate_limit(self, method: str, channel: str = "") -> RateFault | None:
        known = self.rate_limit.get(method) or self.rate_limit.get(ANY)
        if known is None or known.channel not in ("", channel):
            return None
        fault: RateFault | None = _take(self.rate_limit, method)
        return fault

    def take_lost_answer(self, method: str) -> bool:
        return _take_count(self.lost_answers, method)

    def take_lost_request(self, method: str) -> bool:
        return _take_count(self.lost_requests, method)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def merge(self, changes: Mapping[str, Any]) -> None:
        """Take over the fields of a JSON object; a count of 0 takes a fault away. Raises ValueError."""
        for name, value in changes.items():
            _MERGES.get(name, _unknown)(self, name, value)


def _take(faults: dict[str, Any], method: str) -> Any:
    key = method if method in faults else ANY
    fault = faults.get(key)
    if fault is None:
        return None
    fault.n -= 1
    if fault.n <= 0:
        del faults[key]
    return fault


def _take_count(counts: dict[str, int], method: str) -> bool:
    key = method if method in counts else ANY
    if counts.get(key, 0) <= 0:
        return False
    counts[key] -= 1
    if counts[key] <= 0:
        del counts[key]
    return True


def _unknown(faults: Faults, name: str, value: Any) -> None:
    raise ValueError(f"there is no fault called {name!r}")


def _counts(faults: Faults, name: str, value: Any) -> None:
    counts: dict[str, int] = getattr(faults, name)
    for method, n in _mapping(name, value).items():
        counts.pop(method, None)
        if int(n) > 0:
            counts[method] = int(n)


def _objects(faults: Faults, name: str, value: Any) -> None:
    kind = ErrorFault if name == "errors" else RateFault
    existing: dict[str, Any] = getattr(faults, name)
    for method, fields in _mapping(name, value).items():
        try:
            fault = kind(**_mapping(method, fields))
        except TypeError as error:
            raise ValueError(f"{name}.{method}: {error}") from error
        existing.pop(method, None)
        if fault.n > 0:
            existing[method] = fault


def _latency(faults: Faults, name: str, value: Any) -> None:
    faults.latency_ms = max(0, int(value))


def _texts(faults: Faults, name: str, value: Any) -> None:
    known: dict[str, str] = getattr(faults, name)
    for key, text in _mapping(name, value).items():
        known.pop(key, None)
        if text:
            known[key] = str(text)


def _switch(faults: Faults, name: str, value: Any) -> None:
    setattr(faults, name, bool(value))


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} must be an object")
    return value


_MERGES = {
    "lost_answers": _counts,
    "lost_requests": _counts,
    "method_latency_ms": _counts,
    "errors": _objects,
    "rate_limit": _objects,
    "latency_ms": _latency,
    "duplicate_events": _switch,
    "duplicate_interactions": _switch,
    "reorder": _switch,
    "refuse_sockets": _switch,
    "not_invited": _texts,
}
