"""HTTP mode: deliveries as signed POSTs to the app's request URL, as Slack sends them without Socket Mode."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(frozen=True)
class Posted:
    """What came of one POST: `error` is None or one of Slack's retry reasons."""

    payload: Mapping[str, Any]
    error: str | None = None
    no_retry: bool = False


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v0=` and the HMAC-SHA256 of `v0:{timestamp}:{body}`."""
    signed = b":".join((b"v0", timestamp.encode(), body))
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class Posts:
    """Signs and sends; `seconds` is the time the app has to answer."""

    def __init__(self, signing_secret: str, *, seconds: float) -> None:
        self._secret = signing_secret
        self._seconds = seconds
        self._client: httpx.AsyncClient | None = None

    async def send(self, url: str, kind: str, payload: Mapping[str, Any], *, retry: tuple[int, str] | None) -> Posted:
        """POST one delivery; events as JSON, commands and interactions as forms. Never raises for the network."""
        content_type, body = _encode(kind, payload)
        headers = self._headers(content_type, body) | _retry_headers(retry)
        try:
            response = await self._opened().post(url, content=body, headers=headers)
        except httpx.TimeoutException:
            return Posted({}, "http_timeout")
        except httpx.TransportError:
            return Posted({}, "connection_failed")
        if response.status_code != 200:
            return Posted({}, "http_error", no_retry=response.headers.get("x-slack-no-retry") == "1")
        return Posted(_answer(response))

    async def verify(self, url: str, token: str) -> None:
        """Slack's url_verification challenge. Raises ValueError when the app does not echo it."""
        challenge = {"token": token, "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}
        posted = await self.send(url, "events_api", {**challenge, "type": "url_verification"}, retry=None)
        if posted.error or posted.payload.get("challenge", posted.payload.get("text")) != challenge["challenge"]:
            raise ValueError(f"{url} did not answer the challenge: {posted.error or 'wrong answer'}")

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._seconds, trust_env=False)
        return self._client

    def _headers(self, content_type: str, body: bytes) -> dict[str, str]:
        # The receiver compares with its own clock, so the timestamp is the machine's and not the practice clock's.
        timestamp = str(int(time.time()))
        return {
            "Content-Type": content_type,
            "User-Agent": USER_AGENT,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }


def _encode(kind: str, payload: Mapping[str, Any]) -> tuple[str, bytes]:
    if kind == "slash_commands":
        return "application/x-www-form-urlencoded", urlencode(payload).encode()
    if kind == "interactive":
        return "application/x-www-form-urlencoded", urlencode({"payload": json.dumps(payload)}).encode()
    return "application/json", json.dumps(payload).encode()


def _retry_headers(retry: tuple[int, str] | None) -> dict[str, str]:
    return {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]} if retry else {}


def _answer(response: httpx.Response) -> Mapping[str, Any]:
    """The body as an ack's payload: JSON as it is, plain text as `text`."""
    if not response.text:
        return {}
    try:
        answer = response.json()
    except ValueError:
        return {"text": response.text}
    return answer if isinstance(answer, Mapping) else {"text": response.text}
