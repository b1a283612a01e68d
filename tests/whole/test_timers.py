"""Reminders: once, in the channel, when they are due and something is open."""

from bot.runs.model import StepState
from whole.runbooks import windows_runbook
from whole.workspace import Card, MessageCard, Room, Workspace

SCOPE = "Determine scope and impact"
NOBODY = "Nobody has acknowledged it for"


async def _later(workspace: Workspace, minutes: float) -> None:
    workspace.clock.forward(minutes=minutes)
    await workspace.bot.timers.fire_due()
    await workspace.settled()


async def _windows(workspace: Workspace) -> Room:
    path = workspace.world.directory / "windows.yml"
    path.write_text(windows_runbook(), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    return await workspace.declare("p1 Checkout is down")


async def test_nobody_is_reminded_before_the_time(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await _later(workspace, 9)
    assert room.heard("⏰") == 0


async def test_who_is_called_next_is_said_once_before_they_are(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    for _ in range(3):
        await _later(workspace, 2.5 if _ else 10)
    assert room.heard("Level 2 (Platform Lead) is called at <!date") == 1
    assert room.heard(NOBODY) == 1


async def test_when_everybody_was_called_the_question_and_the_card_say_so(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    for minutes in (16, 10, 6, 10, 6, 16):
        await _later(workspace, minutes)
    assert room.heard("NeonOps asks whether to call level 4 (Executive Team).") == 1
    asked = await room.hears("Everybody below level 4 was called, and nobody is on it:* nobody has acknowledged it for")
    assert "Level 4 (Executive Team) is never called by the clock" in asked
    await room.card.shows("should have been on it by")


async def test_who_works_on_it_without_saying_so_does_not_stop_the_escalation(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.tick(SCOPE, by=workspace.bruno)
    await _later(workspace, 16)
    assert room.heard(NOBODY) == 1


async def test_nobody_is_called_once_somebody_is_on_it(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types("/incident ack", room.id)
    await _later(workspace, 16)
    assert room.heard(NOBODY) == 0


async def test_a_window_reminds_of_what_is_open(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await _later(workspace, 16)
    said = await room.hears("Immediate actions: time is up")
    assert f"• {SCOPE}" in said
    assert "Alert on-call engineers" not in said
    await room.card.shows("*overdue since")


async def test_what_is_resolved_is_not_overdue(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await _later(workspace, 16)
    await workspace.bruno.types("/incident resolve", room.id)
    await room.card.shows("*Resolved*")
    await room.card.lacks("overdue")


async def test_a_window_reminds_once(workspace: Workspace) -> None:
    room = await _windows(workspace)
    for _ in range(3):
        await _later(workspace, 11)
    assert room.heard("First: time is up") == 1


async def test_nothing_is_said_when_all_is_done(workspace: Workspace) -> None:
    room = await _windows(workspace)
    await room.card.tick("Do the first", by=workspace.bruno)
    await _later(workspace, 11)
    assert room.heard("⏰") == 0


async def test_several_that_are_due_at_once_each_remind(workspace: Workspace) -> None:
    room = await _windows(workspace)
    await _later(workspace, 21)
    assert [room.heard(f"{name}: time is up") for name in ("First", "Second")] == [1, 1]


async def test_what_fell_due_while_the_bot_was_away_reminds_after_its_return(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.stop()
    workspace.clock.forward(minutes=16)
    await workspace.start()
    await workspace.bot.timers.fire_due()
    assert "NeonOps was away" in await room.hears(NOBODY)
    await workspace.restart()
    await workspace.bot.timers.fire_due()
    await workspace.settled()
    assert room.heard(NOBODY) == 1


async def test_after_resolving_nothing_reminds(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types("/incident resolve", room.id)
    await _later(workspace, 100)
    assert room.heard("⏰") == 0


async def test_another_severity_has_other_times(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.alice.types("/incident severity p2", room.id)
    await _later(workspace, 16)
    assert room.heard(NOBODY) == 0
    await _later(workspace, 15)
    assert room.heard(NOBODY) == 1


async def test_a_reopened_incident_reminds_of_what_lies_ahead(workspace: Workspace) -> None:
    room = await _windows(workspace)
    await workspace.bruno.types("/incident close", room.id)
    await _later(workspace, 11)
    await workspace.bruno.types("/incident reopen", room.id)
    await _later(workspace, 11)
    assert [room.heard(f"{name}: time is up") for name in ("First", "Second")] == [0, 1]


async def test_what_is_open_at_the_end_of_a_window_says_who_could_do_it(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await _later(workspace, 16)
    assert "Who could do it: " in await room.hears("Immediate actions: time is up")


async def test_two_reminders_within_the_budget_are_one_message(workspace: Workspace) -> None:
    room = await _windows(workspace)
    await _later(workspace, 21)
    (said,) = [text for text in room.says() if "time is up" in text]
    assert said.index("Second") < said.index("First")


async def test_after_the_budget_a_reminder_is_a_message_of_its_own(workspace: Workspace) -> None:
    room = await _windows(workspace)
    await _later(workspace, 10)
    await _later(workspace, 10.5)
    assert len([text for text in room.says() if "time is up" in text]) == 2


async def test_a_reminder_that_is_put_off_comes_again_once(workspace: Workspace) -> None:
    room = await _windows(workspace)
    await _later(workspace, 11)
    await _reminder(workspace, room).press("Snooze", by=workspace.bruno)
    await room.hears("put the reminder off until")
    await workspace.bruno.sees("You will be reminded again at <!date", room.id)
    for minutes in (29, 2, 5):
        await _later(workspace, minutes)
    assert len([each for each in await workspace.events("timer.phase") if each.data["phase"] == "First"]) == 2


async def test_what_is_not_applicable_is_settled_with_its_reason(workspace: Workspace) -> None:
    room = await _windows(workspace)
    await _later(workspace, 11)
    await _reminder(workspace, room).press("Not applicable…", by=workspace.bruno)
    assert (await workspace.bruno.submits(reason="Only a drill")).ok
    record = await workspace.step("first_item")
    assert (record.state, record.reason) == (StepState.SKIPPED, "Only a drill")


async def test_a_reminder_after_a_time_away_says_how_late_it_is(workspace: Workspace) -> None:
    room = await _windows(workspace)
    await workspace.stop()
    workspace.clock.forward(minutes=18)
    await workspace.start()
    await workspace.bot.timers.fire_due()
    assert "NeonOps was away: this is 8 min" in await room.hears("First: time is up")


def _reminder(workspace: Workspace, room: Room) -> Card:
    return MessageCard(workspace, room.id, "time is up")
