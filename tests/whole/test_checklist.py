"""The live checklist: ticking, unticking, skipping, running checks; who did what stands on the line."""

import asyncio

from bot.runs.model import StepState
from whole.runbooks import long_runbook
from whole.workspace import Workspace

SCOPE = "Determine scope and impact"


async def test_a_tick_shows_who_and_when(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    assert (await card.tick(SCOPE, by=workspace.bruno)).ok
    await card.shows(f"✅ {SCOPE}  ·  <@{workspace.bruno.id}> <!date^")


async def test_what_was_acked_is_in_the_database(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    await card.tick(SCOPE, by=workspace.bruno)
    record = await workspace.step("scope")
    assert (record.state, record.by, record.decision) == (StepState.DONE, workspace.bruno.id, 1)


async def test_an_untick_opens_the_item_again(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    await card.tick(SCOPE, by=workspace.bruno)
    await card.untick(SCOPE, by=workspace.alice)
    await card.shows(f"⬜ *{SCOPE}*")
    assert (await workspace.step("scope")).decision == 2


async def test_an_item_that_the_bot_ticked_can_be_unticked(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    await card.untick("Check Vercel status page", by=workspace.bruno)
    await card.shows("⬜ *Check Vercel status page*")
    await workspace.settled()
    assert (await workspace.step("vercel_status")).state is StepState.OPEN


async def test_a_skip_asks_why_and_shows_it(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    await card.press("Skip an item…", by=workspace.bruno)
    ack = await workspace.bruno.submits(item=SCOPE, reason="Known: only <checkout> & nothing else")
    assert ack.ok
    await card.shows(
        f"⏭️ {SCOPE}  ·  skipped by <@{workspace.bruno.id}>: Known: only &lt;checkout&gt; &amp; nothing else"
    )


async def test_a_skip_without_a_reason_is_refused_at_its_field(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    await card.press("Skip an item…", by=workspace.bruno)
    ack = await workspace.bruno.submits(item=SCOPE, reason="  ")
    assert "reason" in ack.errors["reason"]
    assert (await workspace.step("scope")).state is StepState.OPEN


async def test_a_check_runs_when_its_button_is_pressed(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    await card.press("Run", "Verify service restoration", by=workspace.bruno)
    await card.shows("✅ Verify service restoration")
    assert "10 checks healthy" in card.text


async def test_a_check_that_fails_shows_why_and_can_run_again(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    workspace.neonpro.switches.api = "down"
    await card.press("Run", "Verify service restoration", by=workspace.bruno)
    await card.shows("⚠️ *Verify service restoration*  ·  *failed*")
    assert "503" in card.text
    workspace.neonpro.switches.api = "up"
    await card.press("Run again", "Verify service restoration", by=workspace.bruno)
    await card.shows("✅ Verify service restoration")


async def test_what_the_bot_shows_a_person_ticks(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    await card.shows("> API: live ")
    assert card.line("Review deployment logs").startswith("⬜")
    await card.tick("Review deployment logs", by=workspace.elisa)
    await card.shows("✅ Review deployment logs")


async def test_the_count_of_done_items_is_that_of_the_database(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    await card.shows("*5 of 16* items done")
    await card.tick(SCOPE, by=workspace.bruno)
    await card.shows("*6 of 16* items done")


async def test_two_people_who_tick_the_same_item_tick_it_once(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    seen = card.message
    clicks = (card.tick(SCOPE, by=person, seen=seen) for person in (workspace.alice, workspace.bruno))
    assert all(ack.ok for ack in await asyncio.gather(*clicks))
    assert len(await workspace.events("step.ticked")) == 1
    refused = await workspace.events("click.refused")
    assert "already ticked" in refused[0].data["why"]


async def test_a_stale_button_says_so_and_changes_nothing(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    seen = room.card.message
    await room.card.tick(SCOPE, by=workspace.bruno)
    await room.card.untick(SCOPE, by=workspace.bruno)
    assert (await room.card.tick(SCOPE, by=workspace.alice, seen=seen)).ok
    assert "Nothing was changed" in await workspace.alice.sees("Nothing was changed", room.id)
    assert (await workspace.step("scope")).state is StepState.OPEN


async def test_a_hundred_items_with_long_titles_are_all_on_cards_with_a_button(workspace: Workspace) -> None:
    path = workspace.world.directory / "long.yml"
    path.write_text(long_runbook(phases=4, items=25), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    room = await workspace.declare("p1 Checkout is down")
    cards = [m for m in workspace.slack.messages(room.id) if m.blocks]
    ticks = [a["value"] for m in cards for a in m.actions() if a["action_id"] == "step.tick"]
    assert len(ticks) == len(set(ticks)) == 100
    assert all(len(m.blocks or ()) <= 50 for m in cards)


async def test_a_tick_on_a_later_card_is_counted_on_the_first(workspace: Workspace) -> None:
    path = workspace.world.directory / "long.yml"
    path.write_text(long_runbook(phases=4, items=25), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    room = await workspace.declare("p1 Checkout is down")
    last = [message for message in workspace.slack.messages(room.id) if message.blocks][-1]
    before = len(workspace.slack.calls_of("chat.update"))
    await workspace.slack.click("bruno", last.channel, last.ts, action_id="step.tick")
    await workspace.settled()
    updated = {c.args["ts"] for c in workspace.slack.calls_of("chat.update")[before:]}
    assert updated == {last.ts, room.card.message.ts}
