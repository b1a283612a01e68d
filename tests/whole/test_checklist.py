"""The live checklist: ticking, unticking, skipping, running checks; who did what stands on the line."""

import asyncio

from bot.runs.model import StepState
from whole.runbooks import long_runbook
from whole.workspace import Room, Workspace, blocks_text, list_pages, view_actions

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
    await card.press("Skip…", SCOPE, by=workspace.bruno)
    ack = await workspace.bruno.submits(item=SCOPE, reason="Known: only <checkout> & nothing else")
    assert ack.ok
    await card.shows(
        f"⏭️ {SCOPE}  ·  skipped by <@{workspace.bruno.id}>: Known: only &lt;checkout&gt; &amp; nothing else"
    )


async def test_a_skip_without_a_reason_is_refused_at_its_field(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    await card.press("Skip…", SCOPE, by=workspace.bruno)
    ack = await workspace.bruno.submits(item=SCOPE, reason="  ")
    assert "reason" in ack.errors["reason"]
    assert (await workspace.step("scope")).state is StepState.OPEN


async def test_a_check_runs_when_its_button_is_pressed(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    await card.press("Run", "Verify service restoration", by=workspace.bruno)
    await card.shows("✅ Verify service restoration")
    assert "passing checks in a row" in await card.all()


async def test_a_check_that_fails_shows_why_and_can_run_again(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    workspace.neonpro.switches.api = "down"
    await card.press("Run", "Verify service restoration", by=workspace.bruno)
    await card.shows("⚠️ *Verify service restoration*  ·  *failed*")
    assert "503" in await card.all()
    workspace.neonpro.switches.api = "up"
    await card.press("Run again", "Verify service restoration", by=workspace.bruno)
    await card.shows("✅ Verify service restoration")


async def test_what_the_bot_shows_a_person_ticks(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    await card.shows("> API: live ")
    assert (await card.item("Review deployment logs")).startswith("⬜")
    await card.tick("Review deployment logs", by=workspace.elisa)
    await card.shows("✅ Review deployment logs")


async def test_the_count_of_done_items_is_that_of_the_database(workspace: Workspace) -> None:
    card = (await workspace.declare("p1 Checkout is down")).card
    await card.shows("5 of 16 done")
    await card.tick(SCOPE, by=workspace.bruno)
    await card.shows("6 of 16 done")


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


async def test_a_hundred_items_with_long_titles_are_all_in_the_list_with_a_button(workspace: Workspace) -> None:
    room = await _long(workspace)
    pages = await workspace.read(lambda tx: list_pages(workspace.bot.transactions.domain, tx, room.number))
    rows = [block["elements"] for page in pages for block in page["blocks"] if block["type"] == "actions"]
    ticks = [each["value"] for row in rows for each in row if each["action_id"] == "step.tick"]
    assert len(ticks) == len(set(ticks)) == 100
    assert all(len(page["blocks"]) <= 100 for page in pages)


async def test_the_list_is_turned_to_its_later_items(workspace: Workspace) -> None:
    room = await _long(workspace)
    view = await room.card.list(by=workspace.bruno)
    assert [each["text"]["text"] for each in view_actions(view)][-2:] == ["Later items", "Refresh"]
    await workspace.bruno.clicks(view, "Later items")
    await workspace.until(lambda: "1.5 " in blocks_text(view.blocks) and "0.0 " not in blocks_text(view.blocks))


async def test_a_click_in_the_list_shows_there_and_on_the_card(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    view = await room.card.list(by=workspace.bruno)
    await workspace.bruno.clicks(view, "Tick", SCOPE)
    await workspace.until(lambda: f"✅ {SCOPE}" in blocks_text(view.blocks))
    await workspace.until(lambda: "6 of 16 done" in room.card.text)


async def test_an_item_is_skipped_from_the_list_which_shows_it(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    view = await room.card.list(by=workspace.bruno)
    await workspace.bruno.clicks(view, "Skip…", SCOPE)
    assert (await workspace.bruno.submits(reason="Known")).ok
    await workspace.until(lambda: f"⏭️ {SCOPE}" in blocks_text(view.blocks))


async def test_a_click_that_is_refused_says_so_in_the_list(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    view = await room.card.list(by=workspace.bruno)
    await room.card.tick(SCOPE, by=workspace.alice)
    await workspace.bruno.clicks(view, "Tick", SCOPE)
    await workspace.until(lambda: "already ticked" in blocks_text(view.blocks))


async def test_a_note_about_an_item_names_it(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.clicks(await room.card.list(by=workspace.bruno), "Note…", SCOPE)
    assert (await workspace.bruno.submits(text=f"{SCOPE}: only Recife")).ok
    assert [each.data["text"] for each in await workspace.events("note.added")] == [f"{SCOPE}: only Recife"]


async def test_the_card_names_the_next_items_and_folds_the_others(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    assert [label for label in room.card.buttons() if label == "Tick"] == ["Tick", "Tick"]
    assert "Document root cause" not in room.card.text
    await room.card.tick(SCOPE, by=workspace.bruno)
    await room.card.shows("⬜ Review deployment logs")


async def test_the_card_says_what_was_found_and_what_is_not_known(workspace: Workspace) -> None:
    workspace.neonpro.switches.vercel = "major"
    room = await workspace.declare("p1 Checkout is down")
    assert "⚠️ Vercel: " in room.card.text
    assert "Not checked yet: Verify service restoration" in room.card.text
    assert "Production, last 24 h: no change seen by NeonOps" in room.card.text


async def test_the_card_is_the_last_message_of_its_channel(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    last = workspace.slack.messages(room.id)[-1]
    assert last.ts == room.card.message.ts
    assert [m.text for m in workspace.slack.messages(room.id, thread=last.ts) if "🚨" in m.text]


async def _long(workspace: Workspace) -> Room:
    path = workspace.world.directory / "long.yml"
    path.write_text(long_runbook(phases=4, items=25), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    return await workspace.declare("p1 Checkout is down")
