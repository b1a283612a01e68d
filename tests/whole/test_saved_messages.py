"""Messages that are saved in the timeline: once, as they were, with what becomes of them afterwards."""

import hashlib

from whole.workspace import Room, Workspace

SECRET = "ghp_" + "a1B2" * 9


async def _pinned(workspace: Workspace, text: str, *, by: str = "bruno") -> tuple[Room, str]:
    """An incident in whose channel Bruno wrote something that somebody pinned."""
    room = await workspace.declare("p1 Checkout is down")
    await workspace.slack.invite("alice", room.id, "bruno") if "U02BRUNO" not in room.channel.members else None
    message = await workspace.slack.say("bruno", room.id, text)
    await workspace.slack.react(by, room.id, message.ts, "pushpin")
    return room, message.ts


async def _events(workspace: Workspace, *kinds: str) -> list[tuple[str, str]]:
    """Kind and text of the events of these kinds, once all of them are there."""

    async def found() -> list[tuple[str, str]]:
        events = [each for each in await workspace.events() if each.kind.startswith("message.")]
        return [(each.kind, each.data.get("text", "")) for each in events if len(events) >= len(kinds)]

    return list(await workspace.until(found))


async def test_a_pinned_message_is_saved_once(workspace: Workspace) -> None:
    room, ts = await _pinned(workspace, "the disk is full")
    assert await _events(workspace, "saved") == [("message.saved", "the disk is full")]
    await workspace.slack.react("alice", room.id, ts, "pushpin")
    await workspace.settled()
    assert await _events(workspace, "saved") == [("message.saved", "the disk is full")]
    answer = await workspace.alice.types("/incident timeline", room.id)
    assert "saved a message of <@U02BRUNO>: the disk is full" in answer.words


async def test_what_becomes_of_it_is_noted_and_what_was_saved_stays(workspace: Workspace) -> None:
    room, ts = await _pinned(workspace, "the disk is full")
    await _events(workspace, "saved")
    await workspace.slack.edit("bruno", room.id, ts, "the disk is not full")
    await _events(workspace, "saved", "edited")
    await workspace.slack.delete("bruno", room.id, ts)
    assert await _events(workspace, "saved", "edited", "deleted") == [
        ("message.saved", "the disk is full"),
        ("message.edited", "the disk is not full"),
        ("message.deleted", ""),
    ]
    assert await workspace.timeline_is_whole()


async def test_a_secret_is_hidden_and_its_author_told(workspace: Workspace) -> None:
    await _pinned(workspace, f"the token is {SECRET}", by="alice")
    ((_, text),) = await _events(workspace, "saved")
    assert SECRET not in text
    await workspace.bruno.is_told("holds what looks like a secret")


async def test_a_file_is_kept_by_its_hash(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    message = await workspace.slack.share_file("alice", room.id, "log.txt", b"42", "see")
    await workspace.slack.react("alice", room.id, message.ts, "pushpin")
    await _events(workspace, "saved")
    (event,) = await workspace.events("message.saved")
    assert event.data["files"] == {"log.txt": hashlib.sha256(b"42").hexdigest()}


async def test_elsewhere_and_by_who_may_not_respond_nothing_is_saved(workspace: Workspace) -> None:
    message = await workspace.slack.say("alice", "devops", "lunch?")
    await workspace.slack.react("alice", "devops", message.ts, "pushpin")
    room = await workspace.declare("p1 Checkout is down")
    said = await workspace.slack.say("alice", room.id, "hello")
    await workspace.slack.invite("alice", room.id, "fabio")
    await workspace.slack.react("fabio", room.id, said.ts, "pushpin")
    await workspace.slack.react("alice", room.id, said.ts, "eyes")
    await workspace.settled()
    assert await workspace.events("message.saved") == []


async def test_a_messages_menu_saves_it_too_and_says_so(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    message = await workspace.slack.say("alice", room.id, "the disk is full")
    await workspace.slack.shortcut("alice", "message.save", channel=room.id, ts=message.ts)
    assert await _events(workspace, "saved") == [("message.saved", "the disk is full")]
    await workspace.alice.sees("This message is being saved", room.id)
    await workspace.slack.shortcut("alice", "message.save", channel=room.id, ts=message.ts)
    await workspace.alice.sees("This message is in the timeline of incident 1 already.", room.id)
