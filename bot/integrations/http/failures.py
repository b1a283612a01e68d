"""What a failed call is: refused, lost, or not known to have happened."""

import email.utils
import json
import ssl
from collections.abc import Mapping
from socket import gaierror
from typing import Any

import httpx

from bot.errors import Ambiguous, Broken, Denied, Limited, Missing, OutsideError, Oversized, Rejected, Unreachable
from bot.integrations.http.size_limit import LARGEST, TooLarge
from bot.text import rough, say, size_words

# The request never left: whatever it asked for cannot have happened.
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


def host_of(url: str) -> str:
    """The host in an address, for sentences: never its user, password, path or query."""
    try:
        return httpx.URL(url).host or "the address"
    except httpx.InvalidURL:
        return "the address"


def failure(
    response: httpx.Response,
    vendor: str,
    *,
    what: str,
    body: bytes | None = None,
    action: str | None = None,
    hint: str | None = None,
) -> OutsideError:
    """The error that an answer stands for. With an `action`, the change asked for, 408 and 5xx are `Ambiguous`."""
    status = response.status_code
    code, message = complaint(response.content if body is None else body, status)
    match status:
        case 403 if _limits(response, message):
            return Limited(vendor, retry_after=retry_after(response), hint=hint)
        case 401 | 403:
            return Denied(vendor, status=status, reason=message, hint=hint)
        case 404:
            return Missing(vendor, what, hint=hint)
        case 429:
            return Limited(vendor, retry_after=retry_after(response), hint=hint)
        case _ if status < 500 and not (action and status == 408):
            return Rejected(vendor, status=status, code=code, message=message, hint=hint)
        case _ if action is not None:
            return Ambiguous(vendor, action=action, reason=say("it answered {status}", status=status), hint=hint)
        case _:
            return Broken(
                vendor, say("it answered {status}", status=status), retry_after=retry_after(response), hint=hint
            )


def _limits(response: httpx.Response, message: str) -> bool:
    """Whether a 403 means too many requests, as GitHub's may: it says so in a header, or in words."""
    headers = response.headers
    exhausted = headers.get("X-RateLimit-Remaining") == "0" or "Retry-After" in headers
    return exhausted or "rate limit" in message.lower()


def lost(
    error: Exception, vendor: str, *, action: str | None = None, hint: str | None = None
) -> Unreachable | Ambiguous | Oversized:
    """The error for a call that got no answer. With an `action` it is `Ambiguous`, unless the request never left."""
    if action is not None and not isinstance(error, (*NEVER_SENT, httpx.InvalidURL)):
        return Ambiguous(vendor, action=action, reason=why(error), hint=hint)
    if isinstance(error, TooLarge):
        return Oversized(vendor, size_words(LARGEST))
    return Unreachable(vendor, why(error), hint=hint)


def why(error: BaseException) -> str:
    """Why there was no answer, in words. Nothing of the address is repeated: it may hold a secret."""
    for cause in _causes(error):
        for kind, words in _WHY.items():
            if isinstance(cause, kind):
                return say(words, size=size_words(LARGEST))
    return say("the connection failed")


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what led to it, the deepest first: the deepest is the most telling."""
    chain: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        current = todo.pop()
        if current is None or current in chain:
            continue
        chain.append(current)
        todo += [current.__cause__, current.__context__, *getattr(current, "exceptions", ())]
    return chain[::-1]


# The first that fits names the reason, so the narrow ones stand before the broad ones.
_WHY: Mapping[type[BaseException], str] = {
    ConnectionRefusedError: "the connection was refused",
    gaierror: "its name could not be resolved",
    ssl.SSLError: "a secure connection could not be made",
    httpx.ConnectTimeout: "no connection in time",
    httpx.PoolTimeout: "all our own connections were busy",
    httpx.TimeoutException: "no answer in time",
    TimeoutError: "no answer in time",
    httpx.TooManyRedirects: "too many redirects",
    httpx.UnsupportedProtocol: "this is not an http address",
    httpx.InvalidURL: "this is not a valid address",
    httpx.DecodingError: "the answer could not be decoded",
    httpx.ConnectError: "no connection",
    httpx.ProxyError: "the proxy refused",
    httpx.TransportError: "the connection was lost",
    TooLarge: "its answer is larger than {size}",
}


def complaint(body: bytes, status: int) -> tuple[str, str]:
    """(code, message) of an error answer: Vercel's `{"error": {code, message}}`, others' `{message}` or `{error}`."""
    try:
        parsed = json_of(body)
    except ValueError:
        parsed = None
    fields = parsed if isinstance(parsed, dict) else {}
    error = fields.get("error")
    inner = error if isinstance(error, dict) else {**fields, "message": fields.get("message") or error}
    code = str(inner.get("code") or status)
    return rough(code), rough(str(inner.get("message") or say("it answered {status}", status=status)))


def json_of(body: bytes) -> Any:
    """What this JSON says; raises ValueError, also when it is nested without end."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None


def retry_after(response: httpx.Response) -> float | None:
    """Seconds until the vendor wants to be asked again: `Retry-After` in its two forms (RFC 9110 section 10.2.3).

    Without it, the end of an exhausted limit: `X-RateLimit-Reset`, in Unix seconds.
    """
    value = response.headers.get("Retry-After", "").strip()
    if not value and response.headers.get("X-RateLimit-Remaining") == "0":
        return _until_reset(response)
    if value.replace(".", "", 1).isdecimal():
        return float(value)
    try:
        at = email.utils.parsedate_to_datetime(value)
        answered_at = email.utils.parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return max(0.0, (at - answered_at).total_seconds())


def _until_reset(response: httpx.Response) -> float | None:
    reset = response.headers.get("X-RateLimit-Reset", "")
    try:
        answered_at = email.utils.parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return max(0.0, float(reset) - answered_at.timestamp()) if reset.isdecimal() else None
