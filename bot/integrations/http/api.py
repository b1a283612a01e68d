"""One vendor's JSON API: reads that are asked again when that helps, changes that are asked exactly once."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.errors import Broken, Limited, OutsideError, Unreachable
from bot.integrations.http.call import HttpCall, send
from bot.integrations.http.failures import failure, json_of, lost
from bot.text import say
from bot.text.legible import named

T = TypeVar("T")
Params = Mapping[str, str | int | Sequence[str]]


Line = Annotated[str, AfterValidator(named)]
"""A name or a few words of a vendor's, which stand on a line of ours."""


class Shape(BaseModel):
    """What a vendor answers, frozen; fields we do not use are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


@dataclass(frozen=True)
class Pace:
    """How patient we are. Seconds; `sleep` and `clock` are handed in so that tests need not wait."""

    attempts: int = 4
    first_s: float = 0.5
    longest_s: float = 30.0
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic

    def delay(self, attempt: int, error: OutsideError) -> float | None:
        """Seconds to wait after this failed attempt (1, 2, …); None gives up: too often, or told to wait too long."""
        if attempt >= self.attempts:
            return None
        asked = error.retry_after if isinstance(error, Limited | Broken) else None
        wait = max(asked or 0.0, self.first_s * 2.0 ** (attempt - 1))
        return wait if wait <= self.longest_s else None

    async def polls(self, every_s: float, timeout_s: float) -> AsyncIterator[int]:
        """Counts 0, 1, … every `every_s` until `timeout_s` have passed. There is always a first one."""
        deadline = self.clock() + timeout_s
        count = 0
        while True:
            yield count
            count += 1
            if self.clock() + every_s > deadline:
                return
            await self.sleep(every_s)


@dataclass(frozen=True)
class Api:
    """How to ask one vendor. `params` go with every call; `hint` says what to do about refused credentials.

    Without a `token` ("") the calls carry no credentials.
    """

    client: httpx.AsyncClient
    vendor: str
    base_url: str
    token: str = field(repr=False)
    hint: str
    params: Mapping[str, str] = field(default_factory=dict)
    pace: Pace = Pace()
    headers: Mapping[str, str] = field(default_factory=dict)
    follow: bool = False
    """Whether a reading call follows redirects, as for a repository that was renamed; a token stays on its host."""

    async def read(
        self,
        path: str,
        *,
        what: str,
        params: Params | None = None,
        method: str = "GET",
        body: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """A call that changes nothing, asked again after 429, 5xx and lost connections. `what` is for sentences."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._ask(method, path, params=params, body=body, form=form, what=what)
            except (Limited, Broken, Unreachable) as error:
                delay = self.pace.delay(attempt, error)
                if delay is None:
                    raise
            await self.pace.sleep(delay)

    async def change(
        self, method: str, path: str, *, action: str, params: Params | None = None, body: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> httpx.Response:  # fmt: skip
        """A call that changes something: sent once, whatever happens. `Ambiguous` when only looking can tell."""
        return await self._ask(
            method,
            path,
            params=params,
            body=body,
            form=form,
            what=say("what this is about ({action})", action=action),
            action=action,
        )

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Params | None,
        body: Any,
        what: str,
        form: Mapping[str, str] | None = None,
        action: str | None = None,
    ) -> httpx.Response:
        call = HttpCall(
            method,
            self.base_url.rstrip("/") + path,
            {**self.headers, **({"Authorization": f"Bearer {self.token}"} if self.token else {})},
            json=body,
            form=form,
            params={**self.params, **(params or {})},
            timeout_s=None,
            max_bytes=None,
            follow=self.follow and action is None,
        )
        try:
            response = (await send(self.client, call)).response
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise lost(error, self.vendor, action=action) from None
        if response.is_success:
            return response
        hint = self.hint if response.status_code in (401, 403) else None
        raise failure(response, self.vendor, what=what, action=action, hint=hint)

    def shaped(self, kind: type[T], response: httpx.Response, key: str | None = None) -> T:
        """The answer, or its part `key`, as this type. `Broken` when it is not JSON of that shape."""
        try:
            answer = json_of(response.content)
            return TypeAdapter(kind).validate_python(answer if key is None else answer[key])
        except (ValueError, ValidationError, KeyError, TypeError):
            raise Broken(self.vendor, say("it answered in an unknown format")) from None
