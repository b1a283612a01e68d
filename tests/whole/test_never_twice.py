"""Slack delivers twice, loses answers, limits, fails and goes away: nothing happens twice, and nothing is lost."""

import asyncio

import pytest
from torture import some

from bot.runs.model import StepState
from whole.workspace import Workspace

SCOPE = "Determine scope and impact"
EFFECTS = {
    "conversations.create": ("conversations.create", 1),
    "conversations.invite": ("conversations.invite", 1),
    "conversations.setTopic": ("conversations.setTopic", 1),
    "pins.add": ("pins.add", 1),
    "chat.postMessage": ("chat.postMessage", 3),
    "chat.update": ("chat.update", 0),
}
"""What an incident calls, and how many of the calls may act (0 = any number)."""


async def test_a_command_that_arrives_twice_declares_once(workspace: Workspace) -> None:
    workspace.slack.faults.duplicate_interactions = True
    await workspace.declare("p1 Checkout is down")
    assert len(workspace.slack.calls_of("conversations.create")) == 1
    assert len(await workspace.events("incident.declared")) == 1


async def test_a_click_that_arrives_twice_ticks_once_and_says_nothing(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    workspace.slack.faults.duplicate_interactions = True
    await room.card.tick(SCOPE, by=workspace.bruno)
    await workspace.settled()
    assert len(await workspace.events("step.ticked")) == 1
    assert workspace.bruno.whispers(room.id) == []


async def test_a_form_that_arrives_twice_is_taken_once(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Add a note", by=workspace.bruno)
    await workspace.bruno.form()
    workspace.slack.faults.duplicate_interactions = True
    assert (await workspace.bruno.submits(text="Once")).ok
    await workspace.settled()
    assert len(await workspace.events("note.added")) == 1


async def test_an_event_that_arrives_twice_counts_once(workspace: Workspace) -> None:
    workspace.slack.faults.duplicate_events = True
    room = await workspace.declare("security Somebody reads our mail", by=workspace.carla)
    await workspace.slack.invite("carla", room.id, "elisa")
    await workspace.until(lambda: _is_member(workspace, workspace.elisa.id))
    members = (await workspace.read(lambda tx: tx.incidents.find()))[0].members
    assert len(members) == len(set(members))


async def test_reordered_events_end_in_the_same_state(workspace: Workspace) -> None:
    workspace.slack.faults.reorder = True
    room = await workspace.declare("security Somebody reads our mail", by=workspace.carla)
    for name in ("elisa", "bruno", "fabio"):
        await workspace.slack.invite("carla", room.id, name)
    wanted = {workspace.elisa.id, workspace.bruno.id, workspace.fabio.id}
    await workspace.until(lambda: workspace.read(lambda tx: wanted <= set(tx.incidents.find()[0].members)))


@pytest.mark.parametrize("method", some([*EFFECTS], 3, "lost"))
async def test_a_lost_answer_makes_nothing_twice(workspace: Workspace, method: str) -> None:
    workspace.slack.faults.lose(method)
    room = await workspace.declare("p1 Checkout is down")
    await _everything_is_there_once(workspace, room.id)


@pytest.mark.parametrize("method", some([*EFFECTS], 2, "never arrived"))
async def test_a_request_that_never_arrived_is_made_again(workspace: Workspace, method: str) -> None:
    workspace.slack.faults.lose_requests(method)
    room = await workspace.declare("p1 Checkout is down")
    await _everything_is_there_once(workspace, room.id)


@pytest.mark.parametrize("method", some([*EFFECTS], 2, "limits"))
async def test_a_limit_is_waited_for(workspace: Workspace, method: str) -> None:
    workspace.slack.faults.limit(method, retry_after=1)
    room = await workspace.declare("p1 Checkout is down")
    await _everything_is_there_once(workspace, room.id)


@pytest.mark.parametrize("method", some([*EFFECTS], 2, "errors"))
async def test_an_error_of_slacks_own_is_tried_again(workspace: Workspace, method: str) -> None:
    workspace.slack.faults.fail(method, "internal_error", status=500)
    room = await workspace.declare("p1 Checkout is down")
    await _everything_is_there_once(workspace, room.id)


async def test_a_lost_answer_tells_nobody_directly_twice(workspace: Workspace) -> None:
    await workspace.bruno.types("/deploy lock Moving the database")
    await workspace.settled()
    workspace.slack.faults.lose("chat.postMessage", 2)
    await workspace.alice.types("/deploy lock --steal Still moving")
    await workspace.settled()
    told = [m.text for m in workspace.slack.direct_messages("bruno") if "took over" in m.text]
    assert len(told) == 1


async def test_the_lost_answers_of_alert_and_announcement_make_nothing_twice(workspace: Workspace) -> None:
    workspace.slack.faults.method_latency_ms["chat.postMessage"] = 60
    room = await workspace.declare_soon("p1 Checkout is down")
    await workspace.until(lambda: workspace.slack.calls_of("chat.postMessage"))
    workspace.slack.faults.lose("chat.postMessage", 2)
    await workspace.settled()
    await _everything_is_there_once(workspace, room.id)


async def test_slack_away_for_a_while_loses_nothing(workspace: Workspace) -> None:
    workspace.slack.faults.lose_requests("*", 4)
    room = await workspace.declare_soon("p1 Checkout is down")
    await room.card.appears()
    await workspace.settled()
    await _everything_is_there_once(workspace, room.id)


async def test_a_card_that_somebody_deleted_is_posted_again(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    channel, gone = room.channel, room.card.message.ts
    del channel.messages[gone]
    await workspace.bruno.types("/incident note Where is the card?", channel.id)
    message = await room.card.appears()
    assert message.ts != gone
    await room.card.tick(SCOPE, by=workspace.bruno)
    await room.card.shows(f"✅ {SCOPE}")


async def test_the_bot_returns_after_slack_closed_its_connection(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.slack.disconnect("refresh_requested")
    await workspace.slack.wait_for(lambda: workspace.slack.connections >= 1, 20)
    assert (await room.card.tick(SCOPE, by=workspace.bruno)).ok
    await room.card.shows(f"✅ {SCOPE}")


async def test_a_stopped_bot_ends_what_it_began(workspace: Workspace) -> None:
    workspace.slack.faults.latency_ms = 50
    room = await workspace.declare_soon("p1 Checkout is down")
    await workspace.restart()
    await room.card.appears()
    await workspace.settled()
    await _everything_is_there_once(workspace, room.id)


@pytest.mark.parametrize("call", [1, 2, 3, 5])
async def test_a_bot_that_breaks_off_at_any_call_ends_what_it_began(workspace: Workspace, call: int) -> None:
    before = len(workspace.slack.calls)
    workspace.slack.faults.latency_ms = 25
    room = await workspace.declare_soon("p1 Checkout is down")
    await workspace.until(lambda: len(workspace.slack.calls) >= before + call)
    await workspace.crash()
    await workspace.start()
    await room.card.appears()
    await workspace.settled()
    await _everything_is_there_once(workspace, room.id)


async def test_a_dead_effect_shows_on_the_card_until_it_is_tried_again(workspace: Workspace) -> None:
    workspace.slack.faults.fail("conversations.setTopic", "restricted_action")
    room = await workspace.declare("p1 Checkout is down")
    await room.card.shows("1 action failed")
    assert "Set the topic: Slack refused: restricted_action" in room.card.text
    assert room.channel.topic == ""
    await room.card.press("Try again", by=workspace.bruno)
    await room.card.lacks("action failed")
    await workspace.until(lambda: "Checkout is down" in room.channel.topic)


async def test_a_failed_announcement_stops_nothing_else(workspace: Workspace) -> None:
    await workspace.slack.archive("alice", "incidents")
    room = await workspace.declare("p1 Checkout is down")
    await room.card.shows("Post a message: Slack refused: is_archived")
    assert workspace.slack.pins(room.id)
    assert "Checkout is down" in room.channel.topic
    assert room.heard("🚨") == 1


async def test_a_channel_that_cannot_be_made_leaves_the_checklist_where_people_see_it(workspace: Workspace) -> None:
    workspace.slack.faults.fail("conversations.create", "restricted_action")
    room = await workspace.declare_soon("p1 Checkout is down")
    await room.card.appears()
    assert room.channel.name == "incidents"
    await room.card.tick(SCOPE, by=workspace.bruno)
    await room.card.shows(f"✅ {SCOPE}")
    await room.card.press("Try again", by=workspace.bruno)
    await workspace.until(lambda: [c for c in workspace.slack.channels() if c.name.startswith("incident-2")])


async def test_five_people_at_one_item_tick_it_once_and_all_are_answered(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    seen = room.card.message
    people = (workspace.alice, workspace.bruno, workspace.carla, workspace.diego, workspace.elisa)
    acks = await asyncio.gather(*(room.card.tick(SCOPE, by=person, seen=seen) for person in people))
    assert all(ack.ok for ack in acks)
    assert (await workspace.step("scope")).state is StepState.DONE
    assert len(await workspace.events("click.refused")) == 4


async def _is_member(workspace: Workspace, user: str) -> bool:
    return await workspace.read(lambda tx: user in tx.incidents.find()[0].members)


async def _everything_is_there_once(workspace: Workspace, channel: str) -> None:
    """One channel, one card, one alert, one announcement, one topic, one pin; the timeline is whole."""
    await workspace.settled()
    slack = workspace.slack
    assert len([c for c in slack.channels() if c.name.startswith("incident-2")]) == 1
    cards = [m for m in slack.messages(channel) if m.blocks]
    alerts = [m for m in slack.messages(channel, thread=cards[0].ts) if "🚨" in m.text]
    assert (len(cards), len(alerts), len(slack.messages("incidents")), len(slack.pins(channel))) == (1, 1, 1, 1)
    assert slack.channel(channel).topic == "🔴 P1 · Open · Checkout is down"
    assert workspace.bruno.id in slack.channel(channel).members
    assert await workspace.events("effect.failed") == []
    assert await workspace.timeline_is_whole()
