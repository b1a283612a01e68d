"""Legal clocks in Slack: set by a command or a form, shown with their sources, settled by buttons."""

import re

from bot.legal import drafts
from bot.legal.drafts import DraftRef
from bot.people import Actor
from whole.workspace import Room, Workspace

SINCE = "2026-11-19 14:30"


async def _breach(workspace: Workspace) -> Room:
    return await workspace.declare("data-breach Somebody reads our mail", by=workspace.carla)


async def test_the_command_starts_the_clocks_and_shows_them_with_their_sources(workspace: Workspace) -> None:
    room = await _breach(workspace)
    answer = await workspace.carla.types(f"/incident knowledge {SINCE}", room.id)
    assert "Res. CD/ANPD 15/2024 art. 6" in answer
    said = await room.hears("the legal clocks run")
    assert "Wed 25 Nov 23:59 (America/Sao_Paulo)" in said
    assert "A lawyer decides" in said
    await room.card.shows("Legal deadline: ")


async def test_the_form_starts_them_too(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.carla.types("/incident knowledge", room.id)
    await workspace.carla.submits(date="2026-11-19", time="14:30")
    assert "Wed 25 Nov 23:59" in await room.hears("the legal clocks run")


async def test_before_that_the_card_asks_for_it(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await room.card.shows("When was it known that personal data are affected?")


async def test_what_is_no_time_is_asked_about(workspace: Workspace) -> None:
    room = await _breach(workspace)
    answer = await workspace.carla.types("/incident knowledge soon", room.id)
    assert "is not a date and a time. Write both, such as `2026-11-28 14:30`" in answer


async def test_a_clock_is_met_under_a_reference_number(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.carla.types(f"/incident knowledge {SINCE}", room.id)
    answer = await workspace.carla.types("/incident legal met anpd_notice SEI 4711", room.id)
    assert re.search(r"✅ \*Notify the ANPD\*\nMet .* by <@U03CARLA>: SEI 4711", str(answer))
    await room.hears("met *Notify the ANPD* after its time: SEI 4711")


async def test_a_reminder_reaches_the_compliance_officer(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.carla.types("/incident knowledge today 00:00", room.id)
    for _ in range(2):
        workspace.clock.forward(hours=24)
        await workspace.bot.timers.fire_due()
        await workspace.settled()
    assert f"<@{workspace.diego.id}>" in await room.hears("legal deadline of incident 1")


async def test_closing_says_that_the_clocks_run_and_they_remind(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.carla.types("/incident knowledge today 00:00", room.id)
    await workspace.carla.types("/incident close", room.id)
    await room.hears("⚖️ Legal deadline: ")
    workspace.clock.forward(hours=48)
    await workspace.bot.timers.fire_due()
    assert f"<@{workspace.diego.id}>" in await room.hears("🚨 <@U04DIEGO>: legal deadline of incident 1")


async def test_an_export_whose_answer_is_lost_is_posted_once(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.carla.types("/incident communication anpd", room.id)
    await workspace.carla.submits(risks="Somebody may read diagnoses")
    workspace.slack.faults.lose("files.completeUploadExternal")
    carla = Actor(workspace.carla.id, "Carla", frozenset({"security_officer"}))
    await workspace.bot.transactions.do(drafts.export, carla, DraftRef(1, "anpd", 1))
    await workspace.until(lambda: _is_exported(workspace))
    names = [file["name"] for message in workspace.slack.messages(room.id) for file in message.files or ()]
    assert names == ["incident-1-anpd-v1.md"]


async def _is_exported(workspace: Workspace) -> bool:
    (effect,) = await workspace.read(lambda tx: tx.effects.find(kind="legal.export"))
    return effect.state == "done"


async def test_a_draft_is_written_in_a_form_with_what_is_known(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.carla.types(f"/incident knowledge {SINCE}", room.id)
    await workspace.carla.types("/incident communication anpd", room.id)
    form = await workspace.carla.form()
    assert "Knowledge: Thu 19 Nov 14:30 (America/Sao_Paulo)" in str(form.blocks)
    await workspace.carla.submits(risks="Somebody may read diagnoses")
    await room.hears("wrote *Report to the ANPD*: it has to be reviewed before it is sent")
    assert "not reviewed" in await workspace.diego.types("/incident communication", room.id)


async def test_a_restart_neither_loses_nor_repeats_a_reminder(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.carla.types("/incident knowledge today 00:00", room.id)
    await workspace.restart()
    workspace.clock.forward(hours=48)
    await workspace.bot.timers.fire_due()
    await room.hears("passed")
    before = room.heard("legal deadline of incident 1")
    await workspace.restart()
    await workspace.bot.timers.fire_due()
    await workspace.settled()
    assert room.heard("legal deadline of incident 1") == before
