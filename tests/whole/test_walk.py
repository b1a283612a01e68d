"""Simulated time walks a P1 through four hours in Slack: what reminds, over restarts, and while nothing answers."""

from datetime import datetime, timedelta
from itertools import pairwise

from bot.effects import Effect
from whole.workspace import Room, Workspace

BUDGET = timedelta(minutes=10)
"""The bundled runbook's `reminders.at_most_every`."""
UNENDING = 1_000_000
ONCE = (
    "Immediate actions: time is up", "Investigation: time is up", "Resolution: time is up", "A status update is",
    "Level 2 (Platform Lead) is called", "Level 3 (CTO) is called",
)  # fmt: skip
"""What is to be said in four hours of a P1 that nobody acknowledges, each of it once."""


async def _walk(workspace: Workspace, minutes: int, step: int = 5) -> None:
    for _ in range(0, minutes, step):
        workspace.clock.forward(minutes=step)
        await workspace.bot.timers.fire_due()
        await workspace.settled()


async def _reminders(workspace: Workspace) -> list[Effect]:
    """The reminders that are messages of their own: others were added to them."""
    sent = await workspace.read(lambda tx: tx.effects.find(kind="message", state="done", order="seq"))
    return [each for each in sent if each.result.get("after") == [each.seq]]


def _said(room: Room) -> list[int]:
    return [room.heard(words) for words in ONCE]


async def test_four_hours_remind_once_each_over_restarts(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    for minutes in (10, 20, 15, 50, 145):
        await _walk(workspace, minutes)
        await workspace.restart()
    assert _said(room) == [1] * len(ONCE)
    assert await workspace.timeline_is_whole()


async def test_twenty_minutes_away_across_what_is_due_lose_and_repeat_nothing(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await _walk(workspace, 25)
    await workspace.stop()
    workspace.clock.forward(minutes=20)
    await workspace.start()
    await workspace.bot.timers.fire_due()
    await _walk(workspace, 90)
    assert "by 15 min" in await room.hears("A status update is")
    assert _said(room) == [1] * len(ONCE)


async def test_four_hours_hold_the_noise_budget(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await _walk(workspace, 240)
    firsts = [datetime.fromisoformat(each.result["first_at"]) for each in await _reminders(workspace)]
    assert [later - first for first, later in pairwise(firsts) if later - first < BUDGET] == []
    assert len(firsts) == 4
    assert room.heard("A status update is due") == 1


async def _slack_away(workspace: Workspace, minutes: int) -> None:
    """Slack hangs up on every call for so long, while the clock goes on."""
    lost = workspace.slack.faults.lost_requests
    lost["*"] = UNENDING
    for _ in range(minutes):
        workspace.clock.forward(minutes=1)
        for look in (workspace.bot.timers.fire_due, workspace.bot.delivery.sweep, workspace.bot.cards.sweep):
            await look()
    await workspace.until(lambda: lost["*"] < UNENDING)
    lost.clear()


async def test_slack_away_for_ten_minutes_loses_and_doubles_nothing_and_the_clock_goes_on(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    declared = (await workspace.events("incident.declared"))[0].at
    await _walk(workspace, 5)
    await _slack_away(workspace, 11)
    called = await workspace.events("escalation.called")
    assert [(each.data["level"], (each.at - declared) // timedelta(minutes=1)) for each in called] == [(1, 0), (2, 15)]
    await _walk(workspace, 90)
    assert _said(room) == [1] * len(ONCE)
    assert await workspace.read(lambda tx: tx.effects.find(state="dead")) == []
