"""The timeline in Slack, turned page by page."""

from bot.people import Actor
from whole.workspace import Workspace, blocks_text

EVE = Actor("U02BRUNO", "Bruno", frozenset({"devops"}))


async def test_the_timeline_is_turned_back_and_forth(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    for number in range(70):
        await workspace.bot.database.write(
            lambda tx, number=number: tx.timeline.record("note.added", EVE, 1, text=f"note {number:02}.")  # type: ignore[misc]
        )
    assert "note 69." in await workspace.alice.types("/incident timeline", room.id)
    said = [m for m in workspace.slack.messages(room.id, "alice") if m.ephemeral_to == workspace.alice.id][-1]
    await workspace.slack.click("alice", room.id, said.ts, action_id="timeline.earlier")
    view = await workspace.alice.form()
    assert "note 39." in blocks_text(view.blocks)
    await workspace.alice.clicks(view, "Earlier events")
    await workspace.until(lambda: "note 09." in blocks_text(view.blocks))
    await workspace.alice.clicks(view, "Later events")
    await workspace.until(lambda: "note 10." in blocks_text(view.blocks))


async def test_a_short_timeline_has_nothing_to_turn(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    answer = await workspace.alice.types(f"/incident {room.number} timeline", room.id)
    assert "Earlier events" not in answer.words
