"""The practice pagers in one object: their routes, the pages that went out, and the addresses of people."""

from collections.abc import Sequence
from json import JSONDecodeError
from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.pagers.book import ANSWERS, Answer, Book, Page
from sandbox.pagers.deeds import Deeds, deeds_of
from sandbox.pagers.services import NUMBER, SID, TOKEN, PagerDuty, Twilio, push_routes
from sandbox.slack import Person

TITLES = {"pagerduty": "PagerDuty answers", "twilio": "Twilio answers", "push": "The push service answers"}
NUMBERS = {"alice": "+5511900000001", "helena": "+5511900000008", "carla": "+5511900000003"}
KEYS = {"practice-routing-key-bruno": "bruno"}
LOCALES = {"alice": "pt-BR"}


class PracticePagers:
    """Mount `routes` on the practice server; with that at URL, the settings are those of `environment(URL)`."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.book = Book()
        self.deeds = Deeds(self.book)
        users = [{"id": f"PU-{each.name}", "summary": each.real_name, "email": each.email} for each in people]
        users.append({"id": "PU-STRANGER", "summary": "Sam Stranger", "email": "sam@elsewhere.example"})
        self.routes: list[BaseRoute] = [
            *PagerDuty(self.book, KEYS, users).routes,
            *Twilio(self.book, {number: name for name, number in NUMBERS.items()}).routes,
            *push_routes(self.book),
            Route("/ui/pagers", self._show),
            Route("/ui/pagers", self._change, methods=["POST"]),
        ]

    def addresses(self, name: str, port: int) -> list[str]:
        """The pager addresses of a person, for the team file."""
        number = NUMBERS.get(name)
        called = [f"twilio://{number}?method=call", f"twilio://{number}"] if number else []
        keys = [f"pagerduty://{key}@practice" for key, owner in KEYS.items() if owner == name]
        return [*keys, *called, *([f"json://127.0.0.1:{port}/push/{name}"] if name == "elisa" else [])]

    def environment(self, url: str) -> dict[str, str]:
        """The bot's settings."""
        return {
            "PAGERDUTY_API_TOKEN": "practice-api-token",
            "PAGERDUTY_WEBHOOK_SECRET": self.deeds.secret,
            "PAGERDUTY_EVENTS_URL": f"{url}/pagerduty",
            "PAGERDUTY_API_URL": f"{url}/pagerduty",
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_FROM": NUMBER,
            "TWILIO_API_URL": f"{url}/twilio",
        }

    async def _show(self, request: Request) -> Response:
        return JSONResponse(self._state())

    async def _change(self, request: Request) -> Response:
        try:
            body = await request.json()
            if "page" in body:
                await self.deeds.do(int(body["page"]), str(body["deed"]))
            elif body["id"] in self.book.answers and body["value"] in get_args(Answer):
                self.book.answers[body["id"]] = body["value"]
                self.book.on_change()
            else:
                raise KeyError
        except (JSONDecodeError, KeyError, TypeError, ValueError):
            return JSONResponse({"ok": False, "error": "invalid", "detail": "This cannot be done (any more)."}, 400)
        return JSONResponse(self._state())

    def _state(self) -> dict[str, Any]:
        choices = [{"value": value, "title": title} for value, title in ANSWERS.items()]
        switches = [
            {"id": name, "group": "Answers", "title": TITLES[name], "text": "", "kind": "choice",
             "value": value, "choices": choices}
            for name, value in self.book.answers.items()
        ]  # fmt: skip
        return {"ok": True, "switches": switches, "pages": [_shown(each) for each in reversed(self.book.pages)]}


def _shown(page: Page) -> dict[str, Any]:
    deeds = [{"id": each.id, "title": each.title} for each in deeds_of(page)]
    facts = {"id": page.id, "kind": page.kind, "to": page.to, "words": page.words, "at": page.at}
    return facts | {"state": page.state, "news": page.news, "deeds": deeds}
