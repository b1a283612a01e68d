"""A response_url works five times in half an hour, and changes only what it may."""

from typing import Any

import httpx
from slack_world import DEVOPS, Clock, World, actions, button, in_world, section


async def pressed(world: World, *, ephemeral: bool = False) -> tuple[str, dict[str, Any]]:
    """Post a card, press its button; the card's ts and the payload that came."""
    got: list[dict[str, Any]] = []
    async with world.bolt() as app:

        @app.action("press")
        async def press(ack, body) -> None:  # type: ignore[no-untyped-def]
            await ack()
            got.append(body)

        await world.web.conversations_join(channel=DEVOPS)
        card = {"channel": DEVOPS, "text": "card", "blocks": [actions(button())]}
        if ephemeral:
            ts = (await world.web.chat_postEphemeral(user="U0ALICE", **card))["message_ts"]
        else:
            ts = (await world.web.chat_postMessage(**card))["ts"]
        await world.slack.click("alice", DEVOPS, ts, action_id="press")
    return ts, got[0]


async def respond(url: str, **body: Any) -> tuple[int, dict[str, Any]]:
    async with httpx.AsyncClient() as http:
        response = await http.post(url, json=body)
    return response.status_code, response.json()


def test_the_sixth_use_is_refused() -> None:
    async def test(world: World) -> None:
        _, payload = await pressed(world)
        url = payload["response_url"]
        statuses = [(await respond(url, text=str(n), response_type="ephemeral"))[0] for n in range(6)]
        assert statuses == [200] * 5 + [404]
        assert len(world.slack.messages(DEVOPS, as_user="alice")) == 6
        assert len(world.slack.messages(DEVOPS, as_user="bruno")) == 1

    in_world(test)


def test_it_expires_after_half_an_hour() -> None:
    clock = Clock()

    async def test(world: World) -> None:
        _, payload = await pressed(world)
        clock.at += 30 * 60 + 1
        assert await respond(payload["response_url"], text="late") == (404, {"ok": False, "error": "expired_url"})

    in_world(test, now=clock)


def test_it_replaces_only_when_it_may() -> None:
    async def test(world: World) -> None:
        ts, payload = await pressed(world)
        await respond(payload["response_url"], text="new", replace_original=False)
        assert world.slack.message(DEVOPS, ts).text == "card"
        await respond(payload["response_url"], text="replaced", replace_original=True)
        assert (world.slack.message(DEVOPS, ts).text, world.slack.message(DEVOPS, ts).blocks) == ("replaced", None)
        await respond(payload["response_url"], text="overwritten")
        assert world.slack.message(DEVOPS, ts).text == "overwritten"
        await respond(payload["response_url"], delete_original=True)
        assert [message.text for message in world.slack.messages(DEVOPS)] == []

    in_world(test)


def test_an_ephemeral_message_is_edited_only_through_it() -> None:
    async def test(world: World) -> None:
        _, payload = await pressed(world, ephemeral=True)
        assert "message" not in payload
        assert payload["container"]["is_ephemeral"]
        await respond(payload["response_url"], text="done", replace_original=True)
        assert [message.text for message in world.slack.messages(DEVOPS, as_user="alice")] == ["done"]
        assert world.slack.messages(DEVOPS) == []

    in_world(test)


def test_bad_blocks_are_refused_here_too() -> None:
    async def test(world: World) -> None:
        _, payload = await pressed(world)
        status, answer = await respond(payload["response_url"], text="x", blocks=[section("x" * 3001)])
        assert (status, answer["error"]) == (400, "invalid_blocks")

    in_world(test)
