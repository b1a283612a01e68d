"""What goes wrong on purpose goes wrong the way it does with Slack."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_world import DEVOPS, World, in_world

from sandbox.slack import Limits

PATIENT = Limits(ack_seconds=0.2, retry_after_seconds=(0.0, 0.0, 0.0))


def test_a_lost_answer_acted() -> None:
    async def test(world: World) -> None:
        world.slack.faults.lose("chat.postMessage")
        with pytest.raises(aiohttp.ClientError):
            await world.web.chat_postMessage(channel=DEVOPS, text="once")
        assert [message.text for message in world.slack.messages(DEVOPS)] == ["once"]
        assert world.slack.calls[-1].answer_lost

    in_world(test)


def test_a_lost_request_did_not_act() -> None:
    async def test(world: World) -> None:
        world.slack.faults.lose_requests("chat.postMessage")
        with pytest.raises(aiohttp.ClientError):
            await world.web.chat_postMessage(channel=DEVOPS, text="never")
        assert world.slack.messages(DEVOPS) == []

    in_world(test)


def test_a_lost_post_is_found_by_its_metadata() -> None:
    async def test(world: World) -> None:
        await world.web.conversations_join(channel=DEVOPS)
        world.slack.faults.lose("chat.postMessage")
        metadata = {"event_type": "probe_msg", "event_payload": {"op_id": "42"}}
        with pytest.raises(aiohttp.ClientError):
            await world.web.chat_postMessage(channel=DEVOPS, text="card", metadata=metadata)
        bare = await world.web.conversations_history(channel=DEVOPS)
        whole = await world.web.conversations_history(channel=DEVOPS, include_all_metadata=True)
        assert bare["messages"][0]["metadata"] == {"event_type": "probe_msg"}
        assert whole["messages"][0]["metadata"] == metadata

    in_world(test)


def test_a_429_names_its_seconds_and_does_not_act() -> None:
    async def test(world: World) -> None:
        world.slack.faults.limit("chat.postMessage", retry_after=7)
        refused = await world.error(world.web.chat_postMessage(channel=DEVOPS, text="x"))
        assert (refused.status_code, refused["error"], refused.headers["Retry-After"]) == (429, "ratelimited", "7")
        assert world.slack.messages(DEVOPS) == []
        assert (await world.web.chat_postMessage(channel=DEVOPS, text="x"))["ok"]

    in_world(test)


def test_an_error_on_demand_comes_as_often_as_was_asked() -> None:
    async def test(world: World) -> None:
        world.slack.faults.fail("pins.add", "internal_error", n=2, status=500)
        names = [await world.error_name(world.web.pins_add(channel=DEVOPS, timestamp="1.1")) for _ in range(3)]
        assert names == ["internal_error", "internal_error", "not_in_channel"]

    in_world(test)


def test_the_update_tier_refuses_the_51st_call_of_a_minute() -> None:
    async def test(world: World) -> None:
        posted = await world.web.chat_postMessage(channel=DEVOPS, text="0")

        updates = (world.web.chat_update(channel=DEVOPS, ts=posted["ts"], text=str(n)) for n in range(60))
        outcomes = await asyncio.gather(*updates, return_exceptions=True)
        refused = [one.response for one in outcomes if isinstance(one, SlackApiError)]
        assert 0 < len(refused) <= 10
        assert {one["error"] for one in refused} == {"ratelimited"}
        assert all(int(one.headers["Retry-After"]) >= 1 for one in refused)

    in_world(test)


def test_limits_can_be_switched_off() -> None:
    async def test(world: World) -> None:
        for n in range(70):
            await world.web.chat_postMessage(channel=DEVOPS, text=str(n))

    in_world(test, limits=Limits(rates=False))


def test_a_duplicate_event_keeps_its_id() -> None:
    async def test(world: World) -> None:
        heard = []
        async with world.bolt() as app:

            @app.event("app_home_opened")
            async def opened(body) -> None:  # type: ignore[no-untyped-def]
                heard.append(body["event_id"])
                await world.web.api_test()

            world.slack.faults.duplicate_events = True
            await world.slack.open_home("alice")
            await world.slack.wait_for(lambda: len(heard) == 2)
        assert heard[0] == heard[1]

    in_world(test)


def test_reordered_events_swap_places() -> None:
    async def test(world: World) -> None:
        world.slack.faults.reorder = True
        heard = []
        async with world.bolt() as app:

            @app.event("app_home_opened")
            async def opened(event) -> None:  # type: ignore[no-untyped-def]
                heard.append(event["user"])
                await world.web.api_test()

            await world.slack.open_home("alice")
            await world.slack.open_home("bruno")
            await world.slack.wait_for(lambda: len(heard) == 2)
        assert heard == ["U0BRUNO", "U0ALICE"]

    in_world(test)


def test_an_event_nobody_acks_is_tried_again_three_times() -> None:
    async def test(world: World) -> None:
        await world.slack.open_home("alice")
        tries = await world.slack.wait_for(lambda: [] if len(found := _events(world)) < 4 else found)
        assert [one["summary"][:7] for one in tries] == ["", "retry 1", "retry 2", "retry 3"]

    in_world(test, limits=PATIENT)


def _events(world: World) -> list[dict[str, str]]:
    return [one for one in world.slack.traffic() if one["kind"] == "event"]


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled", "cut"])
def test_after_a_disconnect_bolt_comes_back_and_hears_again(reason: str) -> None:
    async def test(world: World) -> None:
        async with world.bolt() as app:

            @app.command("/probe")
            async def probe(ack) -> None:  # type: ignore[no-untyped-def]
                await ack("here")

            opened = len(world.slack.calls_of("apps.connections.open"))
            await world.slack.disconnect(reason)
            await world.slack.wait_for(lambda: len(world.slack.calls_of("apps.connections.open")) > opened)
            await world.slack.wait_for(lambda: world.slack.connections == 1)
            assert (await world.slack.command("alice", "devops", "/probe")).ok

    in_world(test)


def test_deliveries_are_spread_over_the_connections() -> None:
    async def test(world: World) -> None:
        async with world.bolt(connections=2) as app:

            @app.command("/probe")
            async def probe(ack) -> None:  # type: ignore[no-untyped-def]
                await ack()

            acks = [await world.slack.command("alice", "devops", "/probe") for _ in range(4)]
        assert all(ack.ok for ack in acks)

    in_world(test)


def test_a_ticket_works_once() -> None:
    async def test(world: World) -> None:
        opened = await world.client(world.slack.app_token).apps_connections_open(app_token=world.slack.app_token)
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(opened["url"]) as socket:
                hello = await socket.receive_json()
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(opened["url"])
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert refused.value.status == 403

    in_world(test)


def test_the_eleventh_socket_is_sent_away() -> None:
    async def test(world: World) -> None:
        client = world.client(world.slack.app_token)
        async with aiohttp.ClientSession() as session:
            sockets = []
            for _ in range(11):
                opened = await client.apps_connections_open(app_token=world.slack.app_token)
                sockets.append(await session.ws_connect(opened["url"]))
            first = await sockets[-1].receive_json()
            for socket in sockets:
                await socket.close()
        assert (first["type"], first["reason"]) == ("disconnect", "too_many_websockets")

    in_world(test, limits=Limits(rates=False))


def test_refused_sockets_answer_503() -> None:
    async def test(world: World) -> None:
        world.slack.faults.refuse_sockets = True
        opened = await world.web.apps_connections_open(app_token=world.slack.app_token)
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(opened["url"])
        assert refused.value.status == 503

    in_world(test)
