"""Slack's Web API as the bot calls it: budgeted, never repeated by itself, every answer sorted.

SlackError             Slack did not do it
├─ Lost                no answer, or an answer that leaves open whether it happened: look before trying again
├─ Later               not done; try again after `seconds`
└─ Refused             not done: `code` is Slack's error, and `meaning` says whether trying again will help
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.urgency import ORDINARY
from bot.text import rough, say
from handlers.metrics import SLACK_CALLS
from handlers.slack.client.budgets import Budgets
from handlers.slack.client.download import download
from handlers.slack.client.error_codes import TOKEN, Meaning, meaning_of, refusal_words

log = structlog.get_logger()

TIMEOUT = 15.0
"""Seconds that one call may take."""
METHODS = {
    "auth.test": "auth_test",
    "chat.postEphemeral": "chat_postEphemeral",
    "chat.postMessage": "chat_postMessage",
    "chat.update": "chat_update",
    "conversations.create": "conversations_create",
    "conversations.history": "conversations_history",
    "conversations.info": "conversations_info",
    "conversations.invite": "conversations_invite",
    "conversations.list": "conversations_list",
    "conversations.members": "conversations_members",
    "conversations.open": "conversations_open",
    "conversations.replies": "conversations_replies",
    "conversations.setTopic": "conversations_setTopic",
    "files.upload": "files_upload_v2",
    "pins.add": "pins_add",
    "users.info": "users_info",
    "users.lookupByEmail": "users_lookupByEmail",
    "views.open": "views_open",
    "views.publish": "views_publish",
    "views.push": "views_push",
    "views.update": "views_update",
}
"""Every method that the bot calls, with its name in the SDK: the manifest's scopes are held against this table."""


WORDS = ("text", "blocks", "view", "topic", "title")
"""The arguments that people read."""
FILE = "content"
"""A whole file."""


class SlackError(Exception):
    """Slack did not do it."""


class Lost(SlackError):
    """It may have happened."""


class Later(SlackError):
    """Not now."""

    def __init__(self, why: str, seconds: float) -> None:
        super().__init__(why)
        self.seconds = seconds


class Refused(SlackError):
    """It does not happen now; `meaning` says whether it may later."""

    def __init__(self, code: str, detail: str = "", people: Mapping[str, str] | None = None) -> None:
        """`people`: what Slack says of each user whom it was asked about."""
        words = refusal_words(code)
        named = f"{code}: {words}" if words else code
        super().__init__(f"{named} ({detail})" if detail else named)
        self.code, self.meaning, self.people = code, meaning_of(code), people or {}
        self.why = words or str(self)
        """What it means in words, where there are any."""


class Slack:
    """The Web API."""

    def __init__(self, client: AsyncWebClient, budgets: Budgets, mask: Callable[[Any], Any]) -> None:
        """`mask` takes secrets out of every text that is sent."""
        self._client, self._budgets, self._mask = client, budgets, mask
        self.on_refused: Callable[[str, Mapping[str, Any]], object] = _unheard
        """Hears Slack's code and the arguments of each call, or the part of one, that was refused for good."""
        self.token_refused: str | None = None
        """The code with which Slack refuses the bot's token; None since a call was answered."""
        self.user_id = ""
        self.team_id = ""
        self.url = ""

    def link(self, channel: str | None, ts: str | None) -> str | None:
        """Where a message is read in a browser or the app; None when it is not known."""
        if not (self.url and channel and ts):
            return None
        return f"{self.url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"

    def masked(self, text: str) -> str:
        """A text that goes to Slack by another way, without its secrets."""
        masked: str = self._mask(text)
        return masked

    async def call(self, method: str, *, priority: int = ORDINARY, **arguments: Any) -> dict[str, Any]:
        """Make one call when the budgets allow it; raises one of SlackError."""
        await self._budgets.take(method, arguments.get("channel"), priority)
        return await self.call_in_turn(method, **arguments)

    async def pages(self, method: str, of: str, *, most: int = 1000, **arguments: Any) -> AsyncIterator[Any]:
        """What a list holds, page after page (at most so many); `of`: the field in which a page's items stand."""
        cursor = ""
        for _ in range(most):
            page = await self.call(method, limit=200, cursor=cursor, **arguments)
            for each in page.get(of, ()):
                yield each
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return

    async def turn(self, method: str, *, priority: int = ORDINARY) -> bool:
        """Return when the budgets allow a call, which is then made in turn; whether that took a while."""
        return await self._budgets.take(method, None, priority)

    async def call_in_turn(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Make one call whose `turn` it is; raises one of SlackError."""
        arguments |= {name: self._mask(arguments[name]) for name in WORDS if name in arguments}
        if FILE in arguments:
            # A log of megabytes: nothing else waits while its secrets are looked for.
            arguments[FILE] = await asyncio.to_thread(self._mask, arguments[FILE])
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await getattr(self._client, METHODS[method])(**arguments)
        except SlackApiError as error:
            found = self._sorted(method, arguments.get("channel"), error)
            if isinstance(found, Refused):
                self.on_refused(found.code, arguments)
            raise found from error
        except (aiohttp.ClientError, TimeoutError, ConnectionError, OSError) as error:
            SLACK_CALLS.labels(method, "lost").inc()
            raise Lost(say("Slack did not answer {method}: {why}", method=method, why=type(error).__name__)) from error
        SLACK_CALLS.labels(method, "ok").inc()
        self.token_refused = None
        data: dict[str, Any] = answer.data
        for each in data.get("errors") or ():
            self.on_refused(str(each.get("error")), each)
        return data

    async def download(self, url: str, *, size: int, largest: int) -> bytes:
        """A file as it is at Slack, which says that it has this size."""
        return await download(self._client, url, size=size, largest=largest)

    async def token_works(self) -> bool:
        """Whether Slack takes the bot's token; asked anew only while it was refused last."""
        if self.token_refused:
            with suppress(SlackError):
                await self.call("auth.test")
        return self.token_refused is None

    def _sorted(self, method: str, channel: str | None, error: SlackApiError) -> SlackError:
        response = error.response
        # A body that is not JSON comes as the HTTP library's own response.
        status = int(getattr(response, "status_code", 0) or getattr(response, "status", 200))
        data = getattr(response, "data", None)
        code = str(data.get("error", "")) if isinstance(data, dict) else ""
        SLACK_CALLS.labels(method, code or str(status)).inc()
        meaning = meaning_of(code)
        if status == 429 or meaning is Meaning.LIMITED:
            seconds = _retry_after(response)
            self._budgets.pause(method, seconds, channel)
            return Later(say("Slack limits {method}", method=method), seconds)
        if status >= 500 or meaning is Meaning.LOST or not code:
            return Lost(say("Slack answered {method} with {code}", method=method, code=code or status))
        log.info("slack.refused", method=method, error=code, needed=response.get("needed"))
        self.token_refused = code if code in TOKEN else None
        return Refused(code, _detail(response), people_of(data if isinstance(data, dict) else {}))


def people_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """User -> error, of those whom an answer names one by one."""
    errors = [each for each in answer.get("errors") or () if isinstance(each, Mapping)]
    return {str(each["user"]): str(each.get("error")) for each in errors if each.get("user")}


def _unheard(code: str, arguments: Mapping[str, Any]) -> None:
    """Where refusals go that nobody listens to."""


def _retry_after(response: Any) -> float:
    """Seconds; one when Slack does not say, or says what is no number."""
    try:
        return max(float(response.headers.get("Retry-After", 1)), 0.0)
    except (TypeError, ValueError):
        return 1.0


def _detail(response: Any) -> str:
    if needed := response.get("needed"):
        return say("the app needs the scope {needed}: install it again from the manifest", needed=needed)
    messages = (response.get("response_metadata") or {}).get("messages") or []
    return rough("; ".join(map(str, messages)))
