"""Asking a service whether it is well. Healthy is what answered in time with what was expected, nothing less."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import httpx

from bot.integrations.http.call import HttpAnswer, HttpCall, send
from bot.integrations.http.failures import json_of, why
from bot.text import choice, rough, say

State = Literal["healthy", "unhealthy", "unknown"]
# What the field `status` of a health answer says when all is well, without regard to case.
WELL = ("ok", "healthy", "pass", "up")
_MISSING = object()


@dataclass(frozen=True)
class Check:
    """One question to one address.

    `statuses`: expected HTTP statuses, empty for any 2xx. `json`: path (`checks.database.status`, list items by
    number) → allowed values. Without `json`, a JSON answer that has a `status` must say one of WELL.
    `timeout_s` is for the whole exchange with its redirects; `max_bytes` of the body are read.
    """

    id: str
    title: str
    url: str = field(repr=False)
    method: str = "GET"
    statuses: frozenset[int] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    json: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    content_type: str | None = None
    contains: str | None = None
    timeout_s: float = 5.0
    follow_redirects: bool = False
    max_bytes: int = 1_000_000


@dataclass(frozen=True)
class ProbeResult:
    """The answer to a check. `status` and `latency_ms` are None without an answer; `reason` says what is wrong."""

    id: str
    title: str
    state: State
    status: int | None
    latency_ms: int | None
    reason: str | None
    checked_at: datetime


@dataclass(frozen=True)
class _Answer:
    status: int
    content_type: str
    location: str
    body: bytes
    truncated: bool


async def probe(
    client: httpx.AsyncClient,
    check: Check,
    *,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> ProbeResult:
    """Asks once. No answer is `unhealthy`; `unknown` is only what could not be asked, such as a malformed address."""
    checked_at, began = now(), clock()
    try:
        answer = await _ask(client, check)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError) as error:
        return ProbeResult(
            check.id, check.title, "unknown", None, None, say("cannot be asked: {why}", why=why(error)), checked_at
        )
    except (httpx.HTTPError, TimeoutError) as error:
        return ProbeResult(check.id, check.title, "unhealthy", None, None, _no_answer(error, check), checked_at)
    latency_ms = round((clock() - began) * 1000)
    fault = fault_in(check, answer)
    state: State = "unhealthy" if fault else "healthy"
    return ProbeResult(check.id, check.title, state, answer.status, latency_ms, fault, checked_at)


async def probe_all(
    client: httpx.AsyncClient, checks: Sequence[Check], concurrency: int = 8
) -> tuple[ProbeResult, ...]:
    """All checks, at most `concurrency` at a time; the results stand in the order of the checks."""
    slots = asyncio.Semaphore(concurrency)

    async def one(check: Check) -> ProbeResult:
        async with slots:
            return await probe(client, check)

    return tuple(await asyncio.gather(*map(one, checks)))


async def _ask(client: httpx.AsyncClient, check: Check) -> _Answer:
    call = HttpCall(
        check.method, check.url, check.headers, json=check.body, timeout_s=check.timeout_s, max_bytes=check.max_bytes,
        follow=check.follow_redirects,
    )  # fmt: skip
    sent = await send(client, call)
    headers = sent.response.headers
    kind, location = headers.get("content-type", ""), headers.get("location", "")
    return _Answer(sent.response.status_code, kind, location, sent.body, sent.truncated)


def _no_answer(error: Exception, check: Check) -> str:
    late = isinstance(error, TimeoutError | httpx.TimeoutException)
    return (
        say("no answer: nothing came within {seconds:g} s", seconds=check.timeout_s)
        if late
        else say("no answer: {why}", why=why(error))
    )


def fault_in(check: Check, answer: _Answer) -> str | None:
    """What is wrong with this answer, in a few words; None when all is as expected."""
    return (
        _status_fault(check, answer)
        or _content_type_fault(check, answer)
        or (None if check.method == "HEAD" else _text_fault(check, answer) or _json_fault(check, answer))
    )


def fault_in_words(check: Check, answer: HttpAnswer) -> str | None:
    """What is wrong with what the answer to a change says: only what was asked for by name is looked at."""
    said = _Answer(answer.status, answer.headers.get("content-type", ""), "", answer.body, answer.truncated)
    return _text_fault(check, said) or (_json_fault(check, said) if check.json else None)


def _status_fault(check: Check, answer: _Answer) -> str | None:
    expected = answer.status in check.statuses if check.statuses else 200 <= answer.status < 300
    if expected:
        return None
    if answer.location:
        to = rough(answer.location.split("?")[0])
        return say("answered {status}, a redirect to {to}", status=answer.status, to=to)
    said = _json_or_missing(answer)
    status = said.get("status") if isinstance(said, dict) else None
    if isinstance(status, str):
        return say("answered {status} and says {words}", status=answer.status, words=_shown(status))
    return say("answered {status}", status=answer.status)


def _content_type_fault(check: Check, answer: _Answer) -> str | None:
    if check.content_type is None or check.content_type.lower() in answer.content_type.lower():
        return None
    if not answer.content_type:
        return say("is of no stated type, expected {type}", type=check.content_type)
    return say("is {found}, expected {type}", found=answer.content_type, type=check.content_type)


def _text_fault(check: Check, answer: _Answer) -> str | None:
    if check.contains is None or check.contains in answer.body.decode("utf-8", "replace"):
        return None
    text = _shown(check.contains)
    if answer.truncated:
        return say("does not contain {text} in the first {count} bytes", text=text, count=check.max_bytes)
    return say("does not contain {text}", text=text)


def _json_fault(check: Check, answer: _Answer) -> str | None:
    claims_json = "json" in answer.content_type.lower()
    if not (check.json or claims_json) or (not answer.body and not check.json):
        return None
    if answer.truncated:
        return say("answered more than {count} bytes, so its JSON was not read", count=check.max_bytes)
    said = _json_or_missing(answer)
    if said is _MISSING:
        return say("answered something that is not JSON")
    return _fields_fault(check.json or _default_fields(said), said)


def _default_fields(said: Any) -> Mapping[str, Sequence[Any]]:
    return {"status": WELL} if isinstance(said, dict) and "status" in said else {}


def _fields_fault(expected: Mapping[str, Sequence[Any]], said: Any) -> str | None:
    for path, allowed in expected.items():
        value = value_at(said, path)
        if value is _MISSING:
            return say("{path} is missing", path=path)
        if not any(_same(value, each) for each in allowed):
            wanted = choice(list(map(_shown, allowed)))
            return say("{path} is {found}, expected {wanted}", path=path, found=_shown(value), wanted=wanted)
    return None


def value_at(said: Any, path: str) -> Any:
    """The value at a dotted path, or a marker that equals nothing when there is none."""
    for part in path.split("."):
        if isinstance(said, dict) and part in said:
            said = said[part]
        elif isinstance(said, list) and part.isdecimal() and int(part) < len(said):
            said = said[int(part)]
        else:
            return _MISSING
    return said


def _same(value: Any, allowed: Any) -> bool:
    if isinstance(value, str) and isinstance(allowed, str):
        return value.casefold() == allowed.casefold()
    # In Python 1 == True; in JSON it is not.
    return isinstance(value, bool) == isinstance(allowed, bool) and bool(value == allowed)


def _shown(value: Any) -> str:
    return rough(json.dumps(value, ensure_ascii=False, default=str))


def _json_or_missing(answer: _Answer) -> Any:
    try:
        return json_of(answer.body)
    except ValueError:
        return _MISSING
