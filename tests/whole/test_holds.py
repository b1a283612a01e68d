"""Locks as people meet them: taken over, forgotten, over."""

from sandbox.slack import Message
from whole.workspace import Member, Workspace


async def _minutes(workspace: Workspace, minutes: float) -> None:
    workspace.clock.forward(minutes=minutes)
    await workspace.bot.ticks.sweep()
    await workspace.settled()


def _reminders(workspace: Workspace, to: Member) -> list[Message]:
    return [m for m in workspace.slack.direct_messages(to.name) if "Your lock" in m.text]


async def _press(workspace: Workspace, by: Member, label: str) -> None:
    message = _reminders(workspace, by)[-1]
    element = next(e for e in message.actions() if e["text"]["text"] == label)
    await workspace.slack.click(
        by.name, message.channel, message.ts, action_id=element["action_id"], block_id=element["block_id"]
    )


async def test_a_forgotten_lock_is_ended_from_its_reminder(workspace: Workspace) -> None:
    await workspace.bruno.types("/deploy lock the migration is not tested")
    await _minutes(workspace, 181)
    await workspace.bruno.is_told("Your lock has blocked deploys for 3 h")
    await _press(workspace, workspace.bruno, "Unlock")
    await workspace.settled()
    assert "There is no deploy lock" in await workspace.bruno.types("/deploy unlock")


async def test_a_kept_lock_stands_for_a_day_and_then_tells(workspace: Workspace) -> None:
    await workspace.bruno.types("/deploy lock the migration is not tested")
    await _minutes(workspace, 181)
    await _press(workspace, workspace.bruno, "Keep for 24 h")
    await workspace.settled()
    assert ", until " in await workspace.bruno.types("/deploy status")
    await _minutes(workspace, 24 * 60)
    await workspace.bruno.is_told("has expired (the migration is not tested)")
    assert len(_reminders(workspace, workspace.bruno)) == 1


async def test_a_lock_is_taken_over_with_a_reason_and_its_owner_is_told(workspace: Workspace) -> None:
    await workspace.bruno.types("/deploy lock the migration is not tested")
    assert "--steal" in await workspace.alice.types("/deploy lock release night")
    assert "A reason is required" in await workspace.alice.types("/deploy lock --steal")
    assert "Deploys are blocked" in await workspace.alice.types("/deploy lock --steal release night")
    await workspace.bruno.is_told("took over the deploy lock")
    assert "release night" in await workspace.bruno.types("/deploy status")
