"""The page's protocol: what each person sees, does, and is told of."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from guards import GUARD_S
from slack_world import ALICE, DEVOPS, GONE, PEOPLE, World, actions, button, in_world, modal, section, text_input

from sandbox.slack import Limits


class Page:
    """One person's page."""

    def __init__(self, http: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse, me: str) -> None:
        self._http, self._socket, self._me = http, socket, me

    async def get(self, name: str, /, **query: Any) -> dict[str, Any]:
        async with self._http.get(f"/ui/{name}", params={"as": self._me, **query}) as response:
            return dict(await response.json())

    async def post(self, name: str, /, **body: Any) -> dict[str, Any]:
        async with self._http.post(f"/ui/{name}", json={"as": self._me, **body}) as response:
            return dict(await response.json())

    async def frame(self, type: str) -> dict[str, Any]:
        """The next frame of this type."""
        while True:
            frame = await self._socket.receive_json(timeout=GUARD_S)
            if frame["type"] == type:
                return dict(frame)


@asynccontextmanager
async def page(world: World, me: str = ALICE.id) -> AsyncIterator[Page]:
    async with aiohttp.ClientSession(world.url) as http, http.ws_connect(f"/ui/events?as={me}") as socket:
        yield Page(http, socket, me)


def test_boot_shows_people_commands_and_shortcuts() -> None:
    async def test(world: World) -> None:
        async with page(world) as mine:
            boot = await mine.get("boot")
        assert boot["ok"]
        assert [person["id"] for person in boot["people"]] == [person.id for person in PEOPLE if person is not GONE]
        assert boot["commands"][0] == {"command": "/probe", "usage_hint": "[text]", "description": "Try"}
        assert boot["bot"]["user_id"] == world.slack.bot_user_id

    in_world(test)


def test_unread_and_mentions_are_each_persons_own() -> None:
    async def test(world: World) -> None:
        async with page(world) as mine, page(world, "U0BRUNO") as his:
            await mine.post("say", channel=DEVOPS, text="look @bruno")
            frame = await his.frame("messages")
            unread = {one["id"]: one for one in (await his.get("channels"))["channels"]}
            await his.post("read", channel=DEVOPS)
            read = {one["id"]: one for one in (await his.get("channels"))["channels"]}
        assert frame["channel"] == DEVOPS
        assert (unread[DEVOPS]["unread"], unread[DEVOPS]["mention"]) == (1, True)
        assert (read[DEVOPS]["unread"], read[DEVOPS]["mention"]) == (0, False)

    in_world(test)


def test_a_command_a_click_and_a_form_from_the_page() -> None:
    async def test(world: World) -> None:
        async with world.bolt() as app, page(world) as mine:

            @app.command("/probe")
            async def probe(ack, say) -> None:  # type: ignore[no-untyped-def]
                await ack("on it")
                await say(text="card", blocks=[actions(button())])

            @app.action("press")
            async def press(ack, body, client) -> None:  # type: ignore[no-untyped-def]
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=modal(text_input()))

            @app.view("form")
            async def form(ack) -> None:  # type: ignore[no-untyped-def]
                await ack()

            assert (await mine.post("command", channel=DEVOPS, command="/probe", text=""))["ok"]
            (card,) = await world.slack.wait_for(lambda: world.slack.messages(DEVOPS))
            shown = (await mine.get("messages", channel=DEVOPS))["messages"]
            container = {"type": "message", "channel": DEVOPS, "ts": card.ts}
            assert (await mine.post("action", container=container, block_id="row", action_id="press"))["ok"]
            view = (await mine.frame("view"))["view"]
            empty = await mine.post("submit", view_id=view["id"], state={})
            sent = await mine.post("submit", view_id=view["id"], state={"title": {"value": {"value": "x"}}})
            closed = await mine.frame("view")
        assert {(one["text"], one["ephemeral"]) for one in shown} == {("on it", True), ("card", False)}
        assert empty["errors"] == {"title": "Please complete this required field."}
        assert sent["ok"]
        assert (closed["view"], closed["stack"]) == (None, [])

    in_world(test)


def test_an_unanswered_click_shows_a_toast() -> None:
    async def test(world: World) -> None:
        async with world.bolt(), page(world) as mine:
            posted = await world.web.chat_postMessage(channel=DEVOPS, text="card", blocks=[actions(button("nobody"))])
            container = {"type": "message", "channel": DEVOPS, "ts": posted["ts"]}
            answer = await mine.post("action", container=container, block_id="row", action_id="nobody")
            toast = await mine.frame("toast")
        assert (answer["ok"], answer["error"]) == (False, "timeout")
        assert toast["text"] == "Probe did not answer in 0.2 seconds"

    in_world(test, limits=Limits(ack_seconds=0.2))


def test_what_a_person_may_not_see_is_not_there() -> None:
    async def test(world: World) -> None:
        async with page(world) as mine, page(world, "U0BRUNO") as his:
            made = await mine.post("channel", name="secret", is_private=True)
            secret = made["channel"]["id"]
            await mine.post("say", channel=secret, text="psst")
            names = [one["name"] for one in (await his.get("channels"))["channels"]]
            peek = await his.get("messages", channel=secret)
            write = await his.post("say", channel=secret, text="hello")
        assert "secret" not in names
        assert (peek["error"], write["error"]) == ("channel_not_found", "channel_not_found")

    in_world(test)


def test_faults_are_merged_and_taken_away() -> None:
    async def test(world: World) -> None:
        async with page(world) as mine:
            await mine.post("faults", lost_answers={"chat.postMessage": 1}, latency_ms=5, reorder=True)
            limited = {"chat.update": {"n": 2, "retry_after": 9, "channel": ""}}
            faults = await mine.post("faults", rate_limit=limited, lost_answers={"chat.postMessage": 0})
            wrong = await mine.post("faults", storms=True)
        assert (faults["lost_answers"], faults["rate_limit"], faults["latency_ms"]) == ({}, limited, 5)
        assert faults["reorder"]
        assert (wrong["ok"], wrong["detail"]) == (False, "there is no fault called 'storms'")

    in_world(test)


@pytest.mark.parametrize("value", ["not_invited", "guest", "deactivated"])
def test_a_person_is_changed_and_changed_back(value: str) -> None:
    async def test(world: World) -> None:
        async with page(world) as mine:
            for wanted in (value, "active"):
                await mine.post("standing", id="U0BRUNO", value=wanted)
                assert await standing(mine, "U0BRUNO") == wanted
                assert (await mine.frame("channels"))["type"] == "channels"
        assert not world.slack.person("U0BRUNO").is_guest

    in_world(test)


@pytest.mark.parametrize("value", ["archived", "without_bot"])
def test_a_channel_is_closed_to_the_bot_and_opened_again(value: str) -> None:
    async def test(world: World) -> None:
        await world.web.conversations_join(channel=DEVOPS)
        async with page(world) as mine:
            await mine.post("standing", id=DEVOPS, value=value)
            assert await standing(mine, DEVOPS) == value
            await mine.post("standing", id=DEVOPS, value="open")
            assert await standing(mine, DEVOPS) == "open"
        assert (await world.web.chat_postMessage(channel=DEVOPS, text="x"))["ok"]

    in_world(test)


def test_what_nobody_can_be_is_refused() -> None:
    async def test(world: World) -> None:
        async with page(world) as mine:
            assert (await mine.post("standing", id="U0BRUNO", value="archived"))["error"] == "invalid_switch"

    in_world(test)


async def standing(mine: Page, id: str) -> str:
    """How the page shows a person or a channel to stand."""
    switches = (await mine.get("standing"))["switches"]
    return str(next(each["value"] for each in switches if each["id"] == id))


def test_traffic_masks_tokens() -> None:
    async def test(world: World) -> None:
        async with page(world) as mine:
            await world.web.chat_postMessage(channel=DEVOPS, text=f"my token is {world.slack.bot_token}")
            calls = (await mine.get("traffic", limit=5))["calls"]
        assert (calls[-1]["kind"], calls[-1]["name"], calls[-1]["outcome"]) == ("api", "chat.postMessage", "ok")
        assert world.slack.bot_token not in str(calls)
        assert "my token is •••" in calls[-1]["summary"]

    in_world(test)


def test_a_busy_second_is_thinned() -> None:
    async def test(world: World) -> None:
        async with page(world) as mine:
            for _ in range(40):
                await world.web.api_test()
            assert (await mine.frame("traffic_many"))["type"] == "traffic_many"

    in_world(test)


def test_the_page_knows_whether_the_bot_is_there() -> None:
    async def test(world: World) -> None:
        async with page(world) as mine:
            assert (await mine.frame("bot"))["connected"] is False
            async with world.bolt():
                assert (await mine.frame("bot"))["connections"] == 1
            assert (await mine.frame("bot"))["connected"] is False

    in_world(test)


def test_the_home_tab_and_pins_are_read() -> None:
    async def test(world: World) -> None:
        await world.web.conversations_join(channel=DEVOPS)
        posted = await world.web.chat_postMessage(channel=DEVOPS, text="x")
        await world.web.pins_add(channel=DEVOPS, timestamp=posted["ts"])
        await world.web.views_publish(user_id=ALICE.id, view={"type": "home", "blocks": [section("mine")]})
        async with page(world) as mine:
            home = await mine.get("home")
            pins = await mine.get("pins", channel=DEVOPS)
        assert home["view"]["blocks"][0]["text"]["text"] == "mine"
        assert [(pin["ts"], pin["pinned"]) for pin in pins["pins"]] == [(posted["ts"], True)]

    in_world(test)
