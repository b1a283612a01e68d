"""A page of our own at Instatus (https://instatus.com/help/api): an update is looked for before it is sent.

It keeps nothing of ours, so an incident is known by its name and when it began, an update by its words and status.
"""

from typing import Any

import httpx

from bot.integrations.http.api import Api, Pace, Shape
from bot.integrations.status_post import Spacing, StatusPost
from bot.text import say

PAGES, PAGE = 3, 50
"""How many of the newest incidents are looked through."""


class _Text(Shape):
    default: str = ""


class _Update(Shape):
    status: str
    message: _Text | str | None = None

    @property
    def words(self) -> str:
        return self.message.default if isinstance(self.message, _Text) else self.message or ""


class _Incident(Shape):
    id: str
    name: _Text | str
    started: str = ""
    updates: tuple[_Update, ...] = ()

    @property
    def title(self) -> str:
        return self.name.default if isinstance(self.name, _Text) else self.name


class Instatus:
    """One page. Raises the tree of `bot.errors`; after `Ambiguous` asking again looks first."""

    def __init__(
        self, client: httpx.AsyncClient, *, base_url: str, key: str, page: str, pace: Pace | None = None
    ) -> None:
        hint, pace = say("Check INSTATUS_API_KEY and INSTATUS_PAGE_ID."), pace or Pace()
        self._api = Api(client, "Instatus", f"{base_url.rstrip('/')}/v1/{page}", key, hint, pace=pace)
        self._spacing = Spacing(pace)

    async def tell(self, post: StatusPost) -> None:
        """Make the incident, or update it; nothing when it was told this already."""
        found = await self._find(post)
        if found is None:
            await self._change("POST", "/incidents", _told(post) | {"name": post.name, "started": started(post)})
        elif not any(each.words == post.body and each.status == post.status.upper() for each in found.updates):
            await self._change("POST", f"/incidents/{found.id}/incident-updates", _told(post))

    async def withdraw(self, post: StatusPost) -> None:
        """Delete the incident that it is about, if it is there."""
        if found := await self._find(post):
            await self._change("DELETE", f"/incidents/{found.id}", None)

    async def look(self) -> None:
        """One cheap read."""
        await self._incidents(1)

    async def _find(self, post: StatusPost) -> _Incident | None:
        known = post.name, started(post)[:19]
        for number in range(1, PAGES + 1):
            found = await self._incidents(number)
            if mine := next((each for each in found if (each.title, each.started[:19]) == known), None):
                return mine
            if len(found) < PAGE:
                break
        return None

    async def _incidents(self, number: int) -> list[_Incident]:
        await self._spacing.wait()
        answer = await self._api.read("/incidents", what=say("the page"), params={"page": number, "per_page": PAGE})
        return self._api.shaped(list[_Incident], answer)

    async def _change(self, method: str, path: str, body: Any) -> None:
        await self._spacing.wait()
        await self._api.change(method, path, action=say("update the status page"), body=body)


def started(post: StatusPost) -> str:
    """When the incident began, as Instatus writes it."""
    return post.started_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _told(post: StatusPost) -> dict[str, Any]:
    return {
        "message": post.body,
        "status": post.status.upper(),
        "notify": post.notify,
        "components": list(post.components),
        "statuses": [
            {"id": each, "status": status.replace("_", "").upper()} for each, status in post.components.items()
        ],
    }
