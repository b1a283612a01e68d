"""PagerDuty's Events API v2, and the reads of its REST API.

Shapes: https://developer.pagerduty.com/docs/send-alert-event, …/api-reference. A 202 is "accepted": nobody was called
yet. An event may be sent again: PagerDuty merges by `dedup_key`. An acknowledge or resolve for a key that is closed, or
that another routing key opened, is dropped silently; a trigger after a resolve opens a new incident.
"""

from collections.abc import Sequence
from typing import Any

import httpx

from bot.errors import Ambiguous, Limited, Refusal, Unreachable
from bot.integrations.http.api import Api, Pace
from bot.integrations.pagerduty.model import Action, OnCall, PagerDutyUser
from bot.text import say, shorten

LONGEST_SUMMARY = 1024
LONGEST_KEY = 255
_PAGE = 100
_MOST_PAGES = 20


class PagerDuty:
    """One account. `token` reads (None = nothing can be read); `routing_key` is the installation's own service."""

    def __init__(
        self, client: httpx.AsyncClient, *, events_url: str, api_url: str, routing_key: str | None = None,
        token: str | None = None, pace: Pace | None = None,
    ) -> None:  # fmt: skip
        self.reads, self._routing_key, self._pace = token is not None, routing_key, pace or Pace()
        self.has_own_key = routing_key is not None
        self._events = Api(client, "PagerDuty", events_url, "", say("Check the integration key."), pace=self._pace)
        credentials = {"Authorization": f"Token token={token}", "Accept": "application/vnd.pagerduty+json;version=2"}
        self._rest = Api(
            client, "PagerDuty", api_url, "", say("Check PAGERDUTY_API_TOKEN."), pace=self._pace, headers=credentials
        )

    async def trigger(self, routing_key: str | None, key: str, summary: str, *, link: str = "") -> None:
        """Have whoever is on call there called; the same key again adds to what is open.

        Raises:
            OutsideError: it was not accepted; `Ambiguous` when it may have been.
        """
        details = {"summary": shorten(summary, LONGEST_SUMMARY), "source": "NeonOps", "severity": "critical"}
        links = [{"href": link, "text": say("Acknowledge")}] if link else []
        await self._tell(routing_key, "trigger", key, {"payload": details, "links": links, "client": "NeonOps"})

    async def settle(self, routing_key: str | None, key: str, action: Action) -> None:
        """Acknowledge or resolve what was triggered under this key."""
        await self._tell(routing_key, action, key, {})

    async def _tell(self, routing_key: str | None, action: Action, key: str, more: dict[str, Any]) -> None:
        chosen = routing_key or self._routing_key
        if chosen is None:
            raise Refusal(say("PAGERDUTY_ROUTING_KEY is not set, and the address names no integration key."))
        event = {"routing_key": chosen, "event_action": action, "dedup_key": key[:LONGEST_KEY], **more}
        attempt = 0
        while True:
            attempt += 1
            try:
                await self._events.change("POST", "/v2/enqueue", action=say("send an event"), body=event)
                return
            except (Limited, Unreachable, Ambiguous) as error:
                delay = self._pace.delay(attempt, error)
                if delay is None:
                    raise
            await self._pace.sleep(delay)

    async def on_calls(self, policies: Sequence[str] = ()) -> tuple[OnCall, ...]:
        """Who is on call now, by escalation policy (all, when none is named) and level.

        Raises:
            Refusal: PAGERDUTY_API_TOKEN is not set.
            OutsideError: it did not answer.
        """
        found: list[OnCall] = []
        for page in range(_MOST_PAGES):
            params: dict[str, str | int | Sequence[str]] = {
                "earliest": "true", "include[]": ["users"], "limit": _PAGE, "offset": page * _PAGE,
                **({"escalation_policy_ids[]": list(policies)} if policies else {}),
            }  # fmt: skip
            response = await self._read("/oncalls", params, say("who is on call"))
            found += self._rest.shaped(tuple[OnCall, ...], response, "oncalls")
            if not self._rest.shaped(dict[str, Any], response).get("more"):
                break
        return tuple(sorted(found, key=lambda each: (each.policy, each.level)))

    async def user(self, user_id: str) -> PagerDutyUser:
        """One user, with the e-mail address."""
        response = await self._read(f"/users/{user_id}", {}, say("a user"))
        return self._rest.shaped(PagerDutyUser, response, "user")

    async def _read(self, path: str, params: dict[str, str | int | Sequence[str]], what: str) -> httpx.Response:
        if not self.reads:
            raise Refusal(say("PAGERDUTY_API_TOKEN is not set, so NeonOps cannot read from PagerDuty."))
        return await self._rest.read(path, params=params, what=what)
