"""A server with canned data that speaks the page's protocol: it records what is asked and shows what a test wants."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from guards import GUARD_S
from page_canned import BOOT, channels, messages, neonpro, standing, traffic, views
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.page import routes as page_routes
from sandbox.serving import serve

Json = dict[str, Any]


class CannedSlack:
    """Answers the page's requests; its state may be changed from any thread, `push` tells the open pages."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, Json]] = []
        self._posted = threading.Condition()
        self.channels = channels()
        self.messages = messages()
        self.views = views()
        self.stack: list[Json] = []
        self.neonpro = neonpro()
        self.standing = standing()
        self.went_out: list[dict[str, Any]] = []
        self.faults: Json = {"latency_ms": 0, "lost_answers": {}, "errors": {}, "rate_limit": {}, "reorder": False}
        self.pages: set[WebSocket] = set()
        self.url = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._held: dict[str, asyncio.Event] = {}

    def sent(self, path: str) -> list[Json]:
        """The bodies that were posted to /ui/`path`."""
        return [body for posted, body in self.posts if posted == path]

    def wait_for(self, condition: Callable[[], Any]) -> None:
        """Until a post makes it true. Raises AssertionError when it never does."""
        with self._posted:
            assert self._posted.wait_for(condition, timeout=GUARD_S), self.posts

    def push(self, event: Json) -> None:
        self._run(self._tell(event))

    def hold(self, action_id: str) -> Callable[[], None]:
        """Leave a click unanswered until what is returned is called."""
        event = self._held[action_id] = asyncio.Event()
        return lambda: self._run(_set(event))

    def drop_pages(self) -> None:
        """Cut the event streams, as a restart of the server would."""
        self._run(self._drop())

    def add_message(self, **fields: Any) -> Json:
        message = {**self.messages["C01DEVOPS"][-1], "blocks": None, "pinned": False, "edited": False, **fields}
        self.messages[message["channel"]].append(message)
        self.push({"type": "messages", "channel": message["channel"], "thread_ts": None, "ts": message["ts"]})
        return message

    def edit_message(self, ts: str, **fields: Any) -> None:
        message = next(m for m in self.messages["C01DEVOPS"] if m["ts"] == ts)
        message.update(fields, edited=True)
        self.push({"type": "messages", "channel": message["channel"], "thread_ts": None, "ts": ts})

    def show_view(self, *names: str) -> None:
        """Open the canned views of these names, one on the other."""
        self.stack = [self.views[name] for name in names]
        self.push(self._view_event())

    @contextmanager
    def serving(self) -> Iterator["CannedSlack"]:
        """Serve from a thread of its own: Playwright's sync API holds the main one."""
        started: Future[str] = Future()
        thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)))
        thread.start()
        self.url = started.result(timeout=GUARD_S)
        try:
            yield self
        finally:
            self._run(_set(self._stopping))
            thread.join(timeout=GUARD_S)

    async def _serve(self, started: "Future[str]") -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        running = await serve(Starlette(routes=[*page_routes, *self._routes()]))
        started.set_result(running.url)
        await self._stopping.wait()
        await running.stop()

    def _run(self, coroutine: Any) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=GUARD_S)

    def _routes(self) -> list[Any]:
        return [
            WebSocketRoute("/ui/events", self._events),
            Route("/ui/{path}", self._get, methods=["GET"]),
            Route("/ui/{path}", self._post, methods=["POST"]),
        ]

    async def _events(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.pages.add(websocket)
        await websocket.send_json({"type": "bot", "connected": True, "connections": 1})
        try:
            await websocket.receive_text()
        except WebSocketDisconnect:
            self.pages.discard(websocket)

    async def _tell(self, event: Json) -> None:
        for page in list(self.pages):
            await page.send_json(event)

    async def _drop(self) -> None:
        for page in list(self.pages):
            self.pages.discard(page)
            await page.close()

    def _view_event(self) -> Json:
        top = self.stack[-1] if self.stack else None
        return {"type": "view", "view": top, "root_id": "V1", "stack": self.stack}

    async def _get(self, request: Request) -> Response:
        query = request.query_params
        channel, thread = query.get("channel", ""), query.get("thread")
        found = [m for m in self.messages.get(channel, []) if _belongs(m, thread)]
        answers: Json = {
            "boot": {**BOOT, "me": query.get("as", "U01ALICE")},
            "channels": {"channels": self.channels},
            "messages": {"messages": found},
            "home": {"view": self.views["home"]},
            "views": {"stack": self.stack},
            "pins": {"pins": [m for m in found if m["pinned"]]},
            "bookmarks": {"bookmarks": [{"title": "Runbook", "link": "https://example.com/runbook"}]},
            "traffic": {"calls": traffic()},
            "faults": self.faults,
            "standing": {"switches": self.standing},
            "pagers": {"pages": self.went_out, "switches": []},
            "neonpro": self.neonpro,
        }
        return JSONResponse({"ok": True, **answers[request.path_params["path"]]})

    async def _post(self, request: Request) -> Response:
        path, body = request.path_params["path"], await request.json()
        with self._posted:
            self.posts.append((path, body))
            self._posted.notify_all()
        answer = getattr(self, f"_on_{path}", None)
        return JSONResponse({"ok": True, **(await answer(body) if answer else {})})

    async def _on_command(self, body: Json) -> Json:
        return {"ok": False, "error": "dispatch_failed"} if body["command"] == "/rollback" else {}

    async def _on_action(self, body: Json) -> Json:
        if body["action_id"] in self._held:
            await self._held[body["action_id"]].wait()
        return {"ok": False, "error": "timeout"} if body["action_id"] == "never.answers" else {}

    async def _on_submit(self, body: Json) -> Json:
        if body["state"]["title"]["value"]["value"] is None:
            return {"ok": False, "errors": {"title": "Please complete this required field."}}
        self.stack = []
        await self._tell(self._view_event())
        return {}

    async def _on_close(self, body: Json) -> Json:
        at = next(i for i, view in enumerate(self.stack) if view["id"] == body["view_id"])
        self.stack = self.stack[:at]
        await self._tell(self._view_event())
        return {}

    async def _on_neonpro(self, body: Json) -> Json:
        next(s for s in self.neonpro["switches"] if s["id"] == body["id"])["value"] = body["value"]
        return {}

    async def _on_faults(self, body: Json) -> Json:
        self.faults.update(body)
        return {}


def _belongs(message: Json, thread: str | None) -> bool:
    if thread:
        return thread in (message["ts"], message["thread_ts"])
    return message["thread_ts"] in (None, message["ts"])


async def _set(event: asyncio.Event) -> None:
    event.set()
