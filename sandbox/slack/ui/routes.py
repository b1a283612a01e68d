"""The page's requests. Who acts is named in `as`; what they may not do comes back as `{ok: false, error, detail}`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from ..core import Core
from ..deliveries import Ack
from ..errors import Impossible
from ..reading import Reading
from . import reading as shown
from . import switches as standings
from .requests import Ask
from .stream import stream

Answer = Mapping[str, Any]
Handle = Callable[[Ask], Awaitable[Answer]]


async def boot(ask: Ask) -> Answer:
    me = ask.me if ask.values.get("as") else ask.slack.people[0]
    return shown.boot(ask.core, me)


async def channels(ask: Ask) -> Answer:
    me = ask.me
    return {"channels": [shown.channel(one, me) for one in ask.slack.channels(me.id)]}


async def messages(ask: Ask) -> Answer:
    place, me = ask.slack.channel(ask.text("channel")), ask.me
    if place not in ask.slack.channels(me.id):
        raise Impossible("channel_not_found", f"{me.name} sees no such channel.")
    limit = ask.number("limit", 200)
    found = place.shown_to(me.id, ask.values.get("thread") or None)[-limit:]
    return {"messages": [shown.message(ask.core, one, place) for one in found]}


async def home(ask: Ask) -> Answer:
    return {"view": shown.view(ask.core, ask.core.views.home(ask.me.id))}


async def views(ask: Ask) -> Answer:
    """The stack of open forms, for a page that comes back."""
    stack = ask.core.views.stack(ask.me.id)
    return {"stack": [shown.view(ask.core, one) for one in stack]}


async def pins(ask: Ask) -> Answer:
    place = ask.slack.channel(ask.text("channel"))
    return {"pins": [shown.message(ask.core, one, place) for one in ask.slack.pins(place.id)]}


async def bookmarks(ask: Ask) -> Answer:
    return {"bookmarks": ask.slack.bookmarks(ask.text("channel"))}


async def traffic(ask: Ask) -> Answer:
    return {"calls": ask.core.traffic.newest(ask.number("limit", 200))}


async def say(ask: Ask) -> Answer:
    thread_ts = ask.values.get("thread_ts") or None
    message = await ask.slack.say(ask.me.id, ask.text("channel"), ask.text("text"), thread_ts=thread_ts)
    return {"ts": message.ts}


async def command(ask: Ask) -> Answer:
    text = str(ask.values.get("text") or "")
    return _ack(await ask.slack.command(ask.me.id, ask.text("channel"), ask.text("command"), text))


async def action(ask: Ask) -> Answer:
    ack = await ask.slack.action(
        ask.me.id,
        ask.container(),
        block_id=ask.text("block_id"),
        action_id=ask.text("action_id"),
        element=ask.values.get("element"),
        state=ask.values.get("state"),
    )
    return _ack(ack)


async def submit(ask: Ask) -> Answer:
    ack = await ask.slack.submit(ask.me.id, ask.text("view_id"), ask.values.get("state"))
    return _ack(ack) | {"response_action": ack.payload.get("response_action")}


async def close(ask: Ask) -> Answer:
    everything = bool(ask.values.get("all"))
    return _ack(await ask.slack.close_view(ask.me.id, ask.text("view_id"), all_views=everything))


async def shortcut(ask: Ask) -> Answer:
    where = {name: str(ask.values.get(name) or "") for name in ("channel", "ts")}
    return _ack(await ask.slack.shortcut(ask.me.id, ask.text("callback_id"), **where))


async def home_opened(ask: Ask) -> Answer:
    await ask.slack.open_home(ask.me.id)
    return {}


async def read(ask: Ask) -> Answer:
    ask.slack.read(ask.me.id, ask.text("channel"))
    return {}


async def join(ask: Ask) -> Answer:
    await ask.slack.join(ask.me.id, ask.text("channel"))
    return {}


async def create_channel(ask: Ask) -> Answer:
    is_private = bool(ask.values.get("is_private"))
    created = await ask.slack.create_channel(ask.me.id, ask.text("name"), is_private=is_private)
    return {"channel": shown.channel(created, ask.me)}


async def faults(ask: Ask) -> Answer:
    return ask.core.faults.as_json()


async def change_faults(ask: Ask) -> Answer:
    try:
        ask.core.faults.merge({name: value for name, value in ask.values.items() if name != "as"})
    except (TypeError, ValueError) as error:
        raise Impossible("invalid_arguments", str(error)) from error
    return ask.core.faults.as_json()


async def standing(ask: Ask) -> Answer:
    return {"switches": standings.described(ask.core)}


async def change_standing(ask: Ask) -> Answer:
    await standings.change(ask.core, ask.slack, ask.text("id"), ask.text("value"))
    return {"switches": standings.described(ask.core)}


async def disconnect(ask: Ask) -> Answer:
    await ask.core.sockets.disconnect(str(ask.values.get("reason") or "refresh_requested"))
    return {}


def _ack(ack: Ack) -> dict[str, Any]:
    answer: dict[str, Any] = {"ok": ack.ok, "ms": round(ack.ms, 1)}
    if ack.error:
        answer["error"] = ack.error
    return answer | {"errors": dict(ack.errors)} if ack.errors else answer


GETS: Mapping[str, Handle] = {
    "boot": boot,
    "channels": channels,
    "messages": messages,
    "home": home,
    "views": views,
    "pins": pins,
    "bookmarks": bookmarks,
    "traffic": traffic,
    "faults": faults,
    "standing": standing,
}
POSTS: Mapping[str, Handle] = {
    "say": say,
    "command": command,
    "action": action,
    "submit": submit,
    "close": close,
    "shortcut": shortcut,
    "home_opened": home_opened,
    "read": read,
    "join": join,
    "channel": create_channel,
    "faults": change_faults,
    "standing": change_standing,
    "disconnect": disconnect,
}


def ui_routes(core: Core, slack: Reading) -> list[BaseRoute]:
    """The routes under /ui, among them the event socket."""
    gets = [Route(f"/ui/{name}", _get(core, slack, handle), methods=["GET"]) for name, handle in GETS.items()]
    posts = [Route(f"/ui/{name}", _post(core, slack, handle), methods=["POST"]) for name, handle in POSTS.items()]
    return [WebSocketRoute("/ui/events", stream(core, slack)), *gets, *posts]


def _get(core: Core, slack: Reading, handle: Handle) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await _answered(handle, Ask(core, slack, request.query_params))

    return endpoint


def _post(core: Core, slack: Reading, handle: Handle) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            values = json.loads(await request.body() or b"{}")
        except ValueError:
            return _refused("invalid_json", "The body is not JSON.")
        if not isinstance(values, Mapping):
            return _refused("invalid_json", "The body is not an object.")
        return await _answered(handle, Ask(core, slack, values))

    return endpoint


async def _answered(handle: Handle, ask: Ask) -> Response:
    try:
        return JSONResponse({"ok": True, **await handle(ask)})
    except Impossible as error:
        return _refused(error.error, error.detail)


def _refused(error: str, detail: str) -> Response:
    return JSONResponse({"ok": False, "error": error, "detail": detail})
