"""Every page that went out, and how the practice services answer."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

from starlette.responses import JSONResponse, Response

from sandbox.neonpro.lost_answers import Lost

Service = Literal["pagerduty", "twilio", "push"]
Answer = Literal["normal", "refused", "broken", "lost", "late", "redirect"]
ANSWERS = {
    "normal": "Takes it",
    "refused": "Refuses (400)",
    "broken": "Takes it, answers 500",
    "lost": "Takes it, hangs up",
    "late": "Takes it, answers late",
    "redirect": "Redirects (302)",
}
LATE_S = 15.0
"""Longer than anybody waits for an answer."""


@dataclass
class Page:
    """One page. `state` is the service's word for it; `callbacks` are where its news go; `key` is PagerDuty's."""

    id: int
    service: Service
    kind: str
    to: str
    words: str
    at: float
    state: str
    key: str = ""
    sid: str = ""
    callbacks: dict[str, str] = field(default_factory=dict)
    news: list[str] = field(default_factory=list)


class Book:
    """`on_change` hears that the page of the practice workspace has something new to show."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.pages: list[Page] = []
        self.answers: dict[str, Answer] = dict.fromkeys(get_args(Service), "normal")
        self.on_change: Callable[[], None] = lambda: None

    def add(self, service: Service, kind: str, to: str, words: str, state: str) -> Page:
        """Write down a page that went out."""
        page = Page(len(self.pages) + 1, service, kind, to, words, self.now(), state)
        self.pages.append(page)
        self.on_change()
        return page

    def page(self, number: int) -> Page:
        """The page with this number; KeyError."""
        if not 1 <= number <= len(self.pages):
            raise KeyError(number)
        return self.pages[number - 1]

    def say(self, page: Page, state: str, news: str = "") -> None:
        """A page has come further."""
        page.state = state
        page.news += [news] if news else []
        self.on_change()

    async def answered(self, service: Service, take: Callable[[], Response]) -> Response:
        """What the service answers as it is set now; `take` writes the page down and says so."""
        match self.answers[service]:
            case "refused":
                return JSONResponse({"status": 400, "code": 21211, "message": "Invalid."}, 400)
            case "redirect":
                return Response(status_code=302, headers={"location": "/"})
            case "broken":
                take()
                return JSONResponse({"message": "Internal server error"}, 500)
            case "lost":
                take()
                return Lost()
            case "late":
                answer = take()
                await asyncio.sleep(LATE_S)
                return answer
        return take()
