"""The runbook is replaced by another while incidents and deploys are under way: every door still opens."""

from pathlib import Path

from sandbox.slack import Message
from whole.runbooks import runbook
from whole.workspace import Card, Room, Workspace, shown

NEW = runbook(
    [{"id": "trouble", "kind": "incident", "title": "Trouble", "phases": [
        {"id": "seeing", "title": "Seeing", "steps": [{"id": "see", "text": "See"}]}]}],
    severities=[{"id": "bad", "title": "Bad", "impact": "X", "response": "1h", "rank": 1, "procedure": "trouble"}],
)  # fmt: skip
QUIET = {"incident.note", "incident.resolve", "incident.close", "incident.reopen", "run.cancel", "incident.declare"}
"""Actions that open forms or end things: they have tests of their own here."""


async def _upgraded(workspace: Workspace, tmp_path: Path) -> tuple[Room, Card]:
    """An incident that was changed once and a deploy that waits, then the bot starts with a wholly other runbook."""
    room, deploy = await workspace.declare("p2 Checkout is down"), await workspace.ask_deploy("api main")
    await workspace.alice.types("/incident severity p1", room.id)
    await workspace.settled()
    path = tmp_path / "new.yml"
    path.write_text(NEW, "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    return room, deploy


ASKED = {
    "/incident list": "Checkout is down", "/incident 1 status": "Determine scope and impact",
    "/incident 1 timeline": "changed the severity", "/incident 1 note seen": "Noted",
    "/incident 1 role commander @bruno": "is commander", "/deploy status": "Deploy API from main",
    "/deploy history": "Deploy API from main", "/deploy history 2": "waiting to start",
    "/incident 1 severity bad": "keeps the runbook it was declared under", "/incident 1 severity p3": "P3",
    "/incident 1 resolve": "resolved", "/incident 1 reopen": "open again", "/incident 1 close": "closed",
    "/health": "has no health checks", "/incident bad It burns": "declared",
}  # fmt: skip


async def test_every_command_answers_about_what_the_new_runbook_does_not_know(
    workspace: Workspace, tmp_path: Path
) -> None:
    room, _ = await _upgraded(workspace, tmp_path)
    for text, words in ASKED.items():
        assert words in await workspace.alice.types(text)
    assert "Deploy API from main" in await workspace.alice.home()
    await workspace.until(lambda: "P3 · Closed" in room.channel.topic)
    await _nothing_broke(workspace)


async def test_every_button_and_reminder_still_works(workspace: Workspace, tmp_path: Path) -> None:
    room, deploy = await _upgraded(workspace, tmp_path)
    for message in (room.card.message, deploy.message):
        await _click_everything(workspace, message)
    workspace.clock.forward(hours=5)
    await workspace.bot.timers.fire_due()
    assert await room.hears("time is up")
    await workspace.settled()
    assert "✅ Determine scope and impact" in await room.card.all()
    await _nothing_broke(workspace)


async def _click_everything(workspace: Workspace, seen: Message) -> None:
    for element in seen.actions():
        if element["type"] == "button" and element["action_id"] not in QUIET:
            ack = await workspace.slack.click(
                "alice", seen.channel, seen.ts, action_id=element["action_id"], block_id=element["block_id"], seen=seen
            )
            assert ack.ok, (element, ack.error)
    await workspace.settled()


async def _nothing_broke(workspace: Workspace) -> None:
    await workspace.settled()
    dead = await workspace.read(lambda tx: tx.effects.find(state="dead"))
    assert [(effect.kind, effect.error) for effect in dead] == []
    assert not [event.kind for event in await workspace.events() if event.kind.endswith(".failed")]
    assert not [m for m in workspace.slack.messages("devops", "alice") if "nternal error" in shown(m)]
