"""Duplicates and titles in Slack."""

from whole.workspace import Workspace


async def test_a_duplicate_says_where_it_continues_and_the_other_what_was_done(workspace: Workspace) -> None:
    target = await workspace.declare("p1 Checkout is down")
    duplicate = await workspace.declare("p1 Payments fail", by=workspace.bruno)
    await workspace.bruno.types("/incident note cards are declined", duplicate.id)
    answer = await workspace.alice.types("/incident merge 2 into 1")
    assert "Incident 2 is closed as a duplicate of incident 1" in answer
    assert f"duplicate of incident 1, *Checkout is down*. It continues in <#{target.id}>" in await duplicate.hears("🔗")
    said = await target.hears("🔗")
    assert "merged incident 2, *Payments fail*, into this one" in said
    assert "1 note of it stands in the timeline" in said
    assert "cards are declined" in await workspace.alice.types("/incident 1 timeline")


async def test_the_announcement_says_so_too(workspace: Workspace) -> None:
    await workspace.declare("p1 Checkout is down")
    await workspace.declare("p1 Payments fail", by=workspace.bruno)
    await workspace.alice.types("/incident merge 2 into 1")
    await workspace.settled()
    assert any(
        "P1 *Payments fail* as a duplicate of incident 1" in m.text for m in workspace.slack.messages("incidents")
    )


async def test_what_is_no_merge_is_asked_about(workspace: Workspace) -> None:
    await workspace.declare("p1 Checkout is down")
    assert "Write which incident is the duplicate of which" in await workspace.alice.types("/incident merge 1")


async def test_a_new_title_stands_on_the_card_and_in_the_topic(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.alice.types("/incident rename Payments fail for cards", room.id)
    await room.hears("renamed the incident from “Checkout is down” to *Payments fail for cards*")
    await workspace.until(lambda: "Payments fail for cards" in room.channel.topic)
    assert "Payments fail for cards" in await workspace.alice.types("/incident list")


async def test_a_public_incident_that_turns_out_to_be_a_breach_goes_on_as_a_private_one(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down", by=workspace.carla)
    answer = await workspace.carla.types("/incident severity data-breach", room.id)
    assert "Declare a new one with /incident data-breach" in answer
    await workspace.declare("data-breach Somebody reads our mail", by=workspace.carla)
    await workspace.carla.types("/incident merge 1 into 2", room.id)
    assert "closed this as a duplicate of another incident" in await room.hears("🔗")
