"""Slack refuses for a while: no card and no effect dies of it, and who asked is told where the state can be seen."""

from collections.abc import Awaitable, Callable

import pytest
from torture import some

from bot.effects.wording import effect_words
from bot.runs.model import StepState
from whole.workspace import Room, Workspace, shown

SCOPE = "Determine scope and impact"
DONE = "6 of 16 done"
PASSING = (
    "is_archived", "is_inactive", "not_in_channel", "channel_not_found", "restricted_action", "ratelimited",
    "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "invalid_auth",
    "token_revoked", "account_inactive", "not_authed", "missing_scope", "ekm_access_denied", "accesslimited",
    "something_new",
)  # fmt: skip
FINAL = ("invalid_blocks", "msg_too_long", "msg_blocks_too_long")


async def archived_and_clicked(workspace: Workspace) -> Room:
    """An incident whose channel was archived before somebody with an older client clicked."""
    room = await workspace.declare("p1 Checkout is down")
    seen = room.card.message
    await workspace.slack.archive("alice", room.id)
    await room.card.tick(SCOPE, by=workspace.bruno, seen=seen)
    await workspace.until(lambda: workspace.events("card.held"))
    assert DONE not in room.card.text
    return room


async def test_a_channel_that_is_opened_again_has_its_card_brought_up_to_date(workspace: Workspace) -> None:
    room = await archived_and_clicked(workspace)
    await workspace.slack.unarchive("alice", room.id)
    await room.card.shows(DONE)


async def test_without_the_event_the_next_click_brings_the_card_up_to_date(workspace: Workspace) -> None:
    room = await archived_and_clicked(workspace)
    await workspace.slack.unarchive("alice", room.id, told=False)
    await room.card.tick("Review deployment logs", by=workspace.bruno)
    await room.card.shows("7 of 16 done")


async def test_without_event_and_click_a_later_look_brings_the_card_up_to_date(workspace: Workspace) -> None:
    room = await archived_and_clicked(workspace)
    await workspace.slack.unarchive("alice", room.id, told=False)
    workspace.clock.forward(minutes=15)
    await workspace.bot.cards.sweep()
    await room.card.shows(DONE)


async def test_after_a_restart_the_card_is_brought_up_to_date(workspace: Workspace) -> None:
    room = await archived_and_clicked(workspace)
    await workspace.stop()
    await workspace.slack.unarchive("alice", room.id, told=False)
    await workspace.start()
    await workspace.bot.cards.sweep()
    await room.card.shows(DONE)


async def test_a_held_card_is_not_tried_again_and_again(workspace: Workspace) -> None:
    await archived_and_clicked(workspace)
    before = len(workspace.slack.calls)
    for _ in range(20):
        await workspace.bot.cards.sweep()
        await workspace.settled()
    assert sum(call.method == "chat.update" for call in workspace.slack.calls[before:]) <= 2


async def test_a_bot_that_is_invited_again_goes_on(workspace: Workspace) -> None:
    room = await workspace.declare("security Somebody reads our mail", by=workspace.carla)
    place, seen = room.id, room.card.message
    await workspace.slack.remove("carla", place, workspace.slack.bot_user_id)
    await room.card.tick("Isolate affected systems", by=workspace.carla, seen=seen)
    await workspace.until(lambda: workspace.events("card.held"))
    await workspace.slack.invite("carla", place, workspace.slack.bot_user_id)
    await room.card.shows("✅ Isolate affected systems")


async def test_what_was_said_meanwhile_is_said_when_the_channel_is_opened(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.slack.archive("alice", room.id)
    await workspace.bruno.types(f"/incident {room.number} role scribe <@{workspace.elisa.id}>")
    await workspace.until(lambda: workspace.events("effect.held"))
    await workspace.slack.unarchive("alice", room.id)
    await room.hears("is now *scribe*")


async def test_who_may_know_is_told_once_where_the_state_can_be_seen(workspace: Workspace) -> None:
    await archived_and_clicked(workspace)
    told = await workspace.until(lambda: told_in(workspace, "devops"))
    assert len(told) == 1
    assert "Checkout is down" in told[0]
    assert "/incident 1 status" in told[0]


async def test_who_is_told_reads_why_in_words(workspace: Workspace) -> None:
    await archived_and_clicked(workspace)
    told = await workspace.until(lambda: told_in(workspace, "devops"))
    assert "(the channel is archived)" in told[0]


async def test_a_checklist_that_stood_elsewhere_says_where_it_goes_on_when_its_channel_is_made(
    workspace: Workspace,
) -> None:
    workspace.slack.faults.fail("conversations.create", "restricted_action", n=1000)
    room = await workspace.declare_soon("p1 Checkout is down")
    await room.card.shows("restricted_action: Slack's settings do not allow this")
    assert "(not created yet)" in await room.hears("Follow in")
    workspace.slack.faults.errors.clear()
    await room.card.press("Try again", by=workspace.bruno)
    await workspace.until(lambda: room.channel.name.startswith("incident-2"))
    await workspace.settled()
    assert len(room.card.messages) == 1
    left = [shown(message) for message in workspace.slack.messages("incidents")]
    assert f"continues in <#{room.id}>" in left[0]


async def test_of_a_confidential_incident_only_who_declared_it_is_told(workspace: Workspace) -> None:
    room = await workspace.declare("security Somebody reads our mail", by=workspace.carla)
    seen = room.card.message
    await workspace.slack.archive("carla", room.id)
    await room.card.tick("Isolate affected systems", by=workspace.carla, seen=seen)
    assert "/incident 1 status" in await workspace.carla.is_told("cannot be updated")
    assert told_in(workspace, "devops") == []


@pytest.mark.parametrize("code", some([*PASSING], 4, "cards"))
async def test_no_passing_refusal_ends_a_card(workspace: Workspace, code: str) -> None:
    room = await workspace.declare("p1 Checkout is down")
    workspace.slack.faults.fail("chat.update", code)
    await room.card.tick(SCOPE, by=workspace.bruno)
    await workspace.until(lambda: "chat.update" not in workspace.slack.faults.errors)
    await workspace.until(looked_later(workspace, lambda: DONE in room.card.text))


@pytest.mark.parametrize("code", some([*PASSING], 4, "effects"))
async def test_no_passing_refusal_ends_an_effect(workspace: Workspace, code: str) -> None:
    workspace.slack.faults.fail("conversations.setTopic", code, n=3)
    room = await workspace.declare_soon("p1 Checkout is down")
    await room.card.appears()
    await workspace.until(looked_later(workspace, lambda: "Checkout is down" in room.channel.topic))
    assert await workspace.events("effect.failed") == []


@pytest.mark.parametrize("code", FINAL)
async def test_what_can_never_be_shown_is_told_and_the_next_change_is_shown(workspace: Workspace, code: str) -> None:
    room = await workspace.declare("p1 Checkout is down")
    workspace.slack.faults.fail("chat.update", code)
    await room.card.tick(SCOPE, by=workspace.bruno)
    await workspace.until(lambda: told_in(workspace, "devops"))
    assert (await workspace.step("scope")).state is StepState.DONE
    await room.card.tick("Review deployment logs", by=workspace.bruno)
    await room.card.shows("7 of 16 done")


async def test_a_token_that_is_refused_for_a_while_ends_nothing_and_shows_in_readyz(workspace: Workspace) -> None:
    workspace.slack.faults.fail("*", "invalid_auth", n=30)
    room = await workspace.declare_soon("p1 Checkout is down")
    await workspace.until(lambda: workspace.events("effect.held"))
    assert (await workspace.bot.ready())["slack"] is False
    workspace.slack.faults.errors.clear()
    await workspace.until(looked_later(workspace, lambda: bool(room.card.messages)))
    await workspace.until(looked_later(workspace, lambda: "Checkout is down" in room.channel.topic))
    assert (await workspace.bot.ready())["slack"] is True
    assert await workspace.events("effect.failed") == []


async def test_everything_that_is_done_outside_has_words_for_the_card(workspace: Workspace) -> None:
    assert [kind for kind in workspace.bot.delivery._deliverers if effect_words(kind) == kind] == []


def told_in(workspace: Workspace, channel: str) -> list[str]:
    said = [message.text for message in workspace.slack.messages(channel)]
    return [text for text in said if "cannot be updated" in text]


def looked_later(workspace: Workspace, condition: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    """The condition, asked a minute later each time, after the sweep that the clock would bring by then."""

    async def asked() -> bool:
        workspace.clock.forward(seconds=31)
        await workspace.bot.delivery.sweep()
        await workspace.bot.cards.sweep()
        try:
            return condition()
        except LookupError:
            return False

    return asked
