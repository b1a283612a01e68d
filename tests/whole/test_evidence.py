"""Evidence in Slack: a message and its files are kept as they were, and listed with their hash."""

import hashlib

import pytest

from bot.cli.evidence import fault_of
from bot.evidence.files import folder_of
from bot.evidence.model import Evidence, EvidenceState
from handlers.slack.blocks import ids
from whole.workspace import Room, Workspace

LOG = b"10.0.0.1 GET /patients 200\n" * 1000


async def _breach(workspace: Workspace) -> Room:
    return await workspace.declare("data-breach Somebody reads our mail", by=workspace.carla)


async def _keep(workspace: Workspace, room: Room, content: bytes = LOG) -> None:
    """Carla keeps a message of hers that has a file."""
    said = await workspace.slack.share_file("carla", room.id, "access.log", content, "this is what they read")
    await workspace.slack.shortcut("carla", ids.EVIDENCE_KEEP, channel=room.id, ts=said.ts)
    await workspace.until(lambda: _is_kept(workspace))


async def _is_kept(workspace: Workspace) -> bool:
    rows = await _rows(workspace)
    return len(rows) == 2 and all(each.state is EvidenceState.KEPT for each in rows)


async def _rows(workspace: Workspace) -> list[Evidence]:
    return await workspace.read(lambda tx: tx.rows(Evidence).find(order="id"))


async def test_a_message_and_its_file_are_kept_as_they_are_at_slack(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await _keep(workspace, room)
    message, file = await _rows(workspace)
    folder = folder_of(workspace.bot.settings.data_dir)
    assert (folder / file.path).read_bytes() == LOG
    assert '"text": "this is what they read"' in (folder / message.path).read_text("utf-8")
    assert file.sha256 == hashlib.sha256(LOG).hexdigest()
    assert f"SHA-256 `{file.sha256}`" in await room.hears("access.log")


async def test_the_list_shows_who_has_it_in_hand(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await _keep(workspace, room)
    answer = await workspace.carla.types("/incident evidence hand 2 <@U04DIEGO> for the lawyer", room.id)
    assert "in hand: <@U04DIEGO>" in answer
    assert "from <@U03CARLA> to <@U04DIEGO>: for the lawyer" in answer


async def test_a_message_is_kept_once(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await _keep(workspace, room)
    ts = (await _rows(workspace))[0].ts
    await workspace.slack.shortcut("carla", ids.EVIDENCE_KEEP, channel=room.id, ts=ts)
    await workspace.carla.sees("This message is kept already", room.id)
    assert len(await _rows(workspace)) == 2


@pytest.mark.parametrize("answer", ["login page", "other length"])
async def test_what_is_not_the_file_is_not_kept(workspace: Workspace, answer: str) -> None:
    room = await _breach(workspace)
    core = workspace.slack._core
    said = await workspace.slack.share_file("carla", room.id, "access.log", LOG)
    (file,) = [each for each in core.files.values() if each["name"] == "access.log"]
    file["content"] = None if answer == "login page" else LOG[:-1]
    await workspace.slack.shortcut("carla", ids.EVIDENCE_KEEP, channel=room.id, ts=said.ts)
    assert "could not be kept" in await room.hears("access.log")


async def test_a_file_that_was_changed_is_found(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await _keep(workspace, room)
    file, data_dir = (await _rows(workspace))[1], workspace.bot.settings.data_dir
    (folder_of(data_dir) / file.path).write_bytes(b"nothing")
    assert "was changed" in fault_of(data_dir, file, file.sha256)
