"""The practice services: what they take, as their documentation has it."""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.pagers.book import Book

SID, TOKEN, NUMBER = "AC" + "0" * 32, "practice-auth-token", "+15550100"


class PagerDuty:
    """`/pagerduty/v2/enqueue`, and the reads of its REST API. `owners`: whose service a routing key is."""

    def __init__(self, book: Book, owners: Mapping[str, str], people: Sequence[Mapping[str, str]]) -> None:
        self._book, self._owners, self._people = book, owners, people
        self.routes: list[BaseRoute] = [
            Route("/pagerduty/v2/enqueue", self._enqueue, methods=["POST"]),
            Route("/pagerduty/oncalls", self._on_calls),
            Route("/pagerduty/users/{user}", self._user),
        ]

    async def _enqueue(self, request: Request) -> Response:
        event = json.loads(await request.body())
        if event.get("routing_key") not in self._owners:
            return JSONResponse({"status": "invalid event", "message": "Event object is invalid"}, 400)
        return await self._book.answered("pagerduty", lambda: self._take(event))

    def _take(self, event: dict[str, object]) -> Response:
        key, action = str(event.get("dedup_key")), event["event_action"]
        owner = self._owners[str(event["routing_key"])]
        open_one = next((p for p in self._book.pages if p.key == key and p.to == owner and p.state != "resolved"), None)
        if action == "trigger" and open_one is None:
            details = event["payload"]
            assert isinstance(details, dict)
            page = self._book.add("pagerduty", "PagerDuty incident", owner, str(details["summary"]), "triggered")
            page.key = key
        elif open_one and action != "trigger":
            self._book.say(open_one, f"{action}d", f"NeonOps: {action}")
        return JSONResponse({"status": "success", "message": "Event processed", "dedup_key": key}, 202)

    async def _on_calls(self, request: Request) -> Response:
        policy = {"id": "PLATFORM", "summary": "Platform"}
        found = [{"escalation_level": level, "escalation_policy": policy, "start": None, "end": None, "user": each}
                 for level, each in enumerate(self._people[:2], 1)]  # fmt: skip
        return JSONResponse({"oncalls": found, "more": False})

    async def _user(self, request: Request) -> Response:
        found = [each for each in self._people if each["id"] == request.path_params["user"]]
        return JSONResponse({"user": found[0]}) if found else JSONResponse({"error": {"message": "Not Found"}}, 404)


class Twilio:
    """`/twilio/2010-04-01/Accounts/{sid}/Calls.json` and `Messages.json`."""

    def __init__(self, book: Book, owners: Mapping[str, str]) -> None:
        self._book, self._owners = book, owners
        account = "/twilio/2010-04-01/Accounts/{sid}"
        self.routes: list[BaseRoute] = [
            Route(f"{account}.json", self._account),
            Route(f"{account}/{{kind}}.json", self._ask, methods=["POST"]),
        ]

    async def _account(self, request: Request) -> Response:
        return JSONResponse({"sid": SID, "status": "active"}) if _known(request) else _unknown()

    async def _ask(self, request: Request) -> Response:
        form = {name: values[-1] for name, values in parse_qs((await request.body()).decode()).items()}
        if not _known(request):
            return _unknown()
        is_call = request.path_params["kind"] == "Calls"
        return await self._book.answered("twilio", lambda: self._take(form, is_call))

    def _take(self, form: dict[str, str], is_call: bool) -> Response:
        to = self._owners.get(form["To"], form["To"])
        if is_call:
            said = ElementTree.fromstring(form["Twiml"])
            words = said.findtext(".//Say") or ""
            page = self._book.add("twilio", "Telephone call", to, words, "ringing")
            gather = said.find("Gather")
            page.callbacks = {"digit": gather.get("action", "")} if gather is not None else {}
        else:
            page = self._book.add("twilio", "Text message", to, form["Body"], "queued")
        page.callbacks |= {"status": form["StatusCallback"]} if "StatusCallback" in form else {}
        page.sid = ("CA" if is_call else "SM") + secrets.token_hex(16)
        return JSONResponse({"sid": page.sid, "status": "queued"}, 201)


def _known(request: Request) -> bool:
    given = request.headers.get("authorization", "")
    return given == "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()


def _unknown() -> Response:
    return JSONResponse({"code": 20003, "message": "Authenticate", "status": 401}, 401)


def push_routes(book: Book) -> list[BaseRoute]:
    """`/push/{person}`: what Apprise's `json://` sends, as a push service would take it."""

    async def push(request: Request) -> Response:
        said = json.loads(await request.body())
        words = f"{said.get('title')}\n{said.get('message')}"

        def take() -> Response:
            book.add("push", "Push message", request.path_params["person"], words, "shown")
            return JSONResponse({"ok": True})

        return await book.answered("push", take)

    return [Route("/push/{person}", push, methods=["POST"])]
