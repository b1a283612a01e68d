"""A page of our own at Statuspage (https://developer.statuspage.io): an update is looked for before it is sent.

What we sent is known by the incident's `metadata`: which of our incidents it is, and which update it was told last.
"""

from typing import Any

import httpx

from bot.errors import Limited, Rejected
from bot.integrations.http.api import Api, Pace, Shape
from bot.integrations.status_post import Spacing, StatusPost
from bot.text import say

PAGES, PAGE = 3, 100
"""How many of the newest incidents are looked through."""
CALM_DOWN = 420
"""Statuspage answers 420 or 429 to more than a request a second."""
WAIT_S = 60.0


class _Marks(Shape):
    incident: str = ""
    update: str = ""


class _Metadata(Shape):
    neonops: _Marks = _Marks()


class _Incident(Shape):
    id: str
    metadata: _Metadata | None = None

    @property
    def marks(self) -> _Marks:
        return self.metadata.neonops if self.metadata else _Marks()


class Statuspage:
    """One page. Raises the tree of `bot.errors`; after `Ambiguous` asking again looks first."""

    def __init__(
        self, client: httpx.AsyncClient, *, base_url: str, key: str, page: str, pace: Pace | None = None
    ) -> None:
        hint = say("Check STATUSPAGE_API_KEY and STATUSPAGE_PAGE_ID.")
        pace = pace or Pace()
        headers = {"Authorization": f"OAuth {key}"}
        self._api = Api(client, "Statuspage", f"{base_url.rstrip('/')}/v1/pages/{page}", "", hint, {}, pace, headers)
        self._spacing = Spacing(pace)

    async def tell(self, post: StatusPost) -> None:
        """Make the incident, or update it; nothing when it was told this already."""
        found = await self._find(post.incident)
        if found and found.marks.update == post.id:
            return
        if found is None:
            await self._change("POST", "/incidents", _created(post))
        else:
            await self._change("PATCH", f"/incidents/{found.id}", _told(post))

    async def withdraw(self, post: StatusPost) -> None:
        """Delete the incident that it is about, if it is there."""
        if found := await self._find(post.incident):
            await self._change("DELETE", f"/incidents/{found.id}", None)

    async def look(self) -> None:
        """One cheap read."""
        await self._read("", {})

    async def _find(self, incident: str) -> _Incident | None:
        for number in range(1, PAGES + 1):
            answer = await self._read("/incidents", {"limit": PAGE, "page": number})
            found = self._api.shaped(list[_Incident], answer)
            if mine := next((each for each in found if each.marks.incident == incident), None):
                return mine
            if len(found) < PAGE:
                break
        return None

    async def _read(self, path: str, params: dict[str, int]) -> httpx.Response:
        await self._spacing.wait()
        try:
            return await self._api.read(path, what=say("the page"), params=params)
        except Rejected as rejected:
            raise _calmed(rejected) from None

    async def _change(self, method: str, path: str, body: Any) -> None:
        await self._spacing.wait()
        try:
            await self._api.change(method, path, action=say("update the status page"), body=body)
        except Rejected as rejected:
            raise _calmed(rejected) from None


def _calmed(rejected: Rejected) -> Rejected | Limited:
    return Limited("Statuspage", retry_after=WAIT_S) if rejected.status == CALM_DOWN else rejected


def _created(post: StatusPost) -> dict[str, Any]:
    told = _told(post)["incident"]
    return {"incident": {**told, "name": post.name[:255], "impact_override": post.impact}}


def _told(post: StatusPost) -> dict[str, Any]:
    return {
        "incident": {
            "status": post.status,
            "body": post.body[:25000],
            "components": dict(post.components),
            "component_ids": list(post.components),
            "deliver_notifications": post.notify,
            "metadata": {"neonops": {"incident": post.incident, "update": post.id}},
        }
    }
