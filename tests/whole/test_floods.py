"""Somebody asks for very much: others are served first, and what is refused is refused before any work."""

import asyncio

from handlers.slack.interaction.rate_limits import OTHERS
from whole.workspace import Workspace, shown


def posted(workspace: Workspace, where: str, words: str) -> list[str]:
    """What the bot said in a channel with these words."""
    return [said for message in workspace.slack.messages(where) if words in (said := shown(message))]


async def test_who_asks_while_a_look_is_under_way_shares_it(workspace: Workspace) -> None:
    workspace.neonpro.switches.slow_ms = 700
    people = (workspace.fabio, workspace.bruno, workspace.elisa, workspace.alice)
    for person in people:
        assert "Checking" in await person.types("/health api")
    await workspace.settled()
    cards = posted(workspace, "devops", "[Check again]")
    assert len(cards) == 1
    assert all(f"<@{person.id}>" in cards[0] for person in people)
    assert len(await workspace.read(lambda tx: tx.health.find(check_id="api_overall"))) == 1


async def test_a_look_answers_every_channel_that_asks_meanwhile(workspace: Workspace) -> None:
    workspace.neonpro.switches.slow_ms = 700
    await workspace.bruno.types("/health api")
    await workspace.elisa.types("/health api", "general")
    await workspace.settled()
    assert [len(posted(workspace, where, "[Check again]")) for where in ("devops", "general")] == [1, 1]
    assert len(await workspace.read(lambda tx: tx.health.find(check_id="api_overall"))) == 1


async def test_who_asks_after_a_look_gets_a_new_one(workspace: Workspace) -> None:
    for _ in range(2):
        await workspace.bruno.types("/health api")
        await workspace.settled()
    assert len(posted(workspace, "devops", "[Check again]")) == 2


async def test_150_looks_of_somebody_without_a_role_are_few_and_told_so(workspace: Workspace) -> None:
    answers = [await workspace.fabio.types("/health") for _ in range(150)]
    await workspace.settled()
    refused = [answer for answer in answers if "Nothing was done" in answer]
    assert len(refused) >= 150 - OTHERS.at_once - 10
    assert "Try again in" in refused[0]
    assert len(posted(workspace, "devops", "[Check again]")) <= OTHERS.at_once


async def test_the_asking_of_one_takes_nothing_from_others_or_from_other_commands(workspace: Workspace) -> None:
    for _ in range(OTHERS.at_once + 1):
        answer = await workspace.fabio.types("/deploy help")
    assert "Nothing was done" in answer
    assert "Nothing was done" not in await workspace.fabio.types("/incident list")
    assert "Nothing was done" not in await workspace.carla.types("/deploy help")


async def test_who_holds_a_role_is_not_stopped(workspace: Workspace) -> None:
    answers = await asyncio.gather(*(workspace.bruno.types("/incident list") for _ in range(100)))
    assert not any("Nothing was done" in answer for answer in answers)


async def test_somebody_without_a_role_declares_a_few_incidents_at_once(workspace: Workspace) -> None:
    for number in range(3):
        await workspace.declare(f"p3 Report {number} is slow", by=workspace.fabio)
    answer = await workspace.fabio.types("/incident p1 All is down")
    assert "you have declared 3 incidents within 10 min (1, 2 and 3)" in answer
    assert len(await workspace.read(lambda tx: tx.incidents.find())) == 3
    workspace.clock.forward(minutes=10)
    await workspace.declare("p1 All is down", by=workspace.fabio)


async def test_a_form_is_refused_at_its_field_with_what_was_typed(workspace: Workspace) -> None:
    for number in range(3):
        await workspace.declare(f"p3 Report {number} is slow", by=workspace.fabio)
    await workspace.fabio.types("/incident")
    ack = await workspace.fabio.submits(severity="p1", title="All is down", drill="real")
    assert "you have declared 3 incidents" in ack.errors["title"]


async def test_an_incident_of_a_role_holder_overtakes_those_of_others(workspace: Workspace) -> None:
    workspace.slack.faults.limit("conversations.create", retry_after=2)
    for number in range(3):
        await workspace.declare_soon(f"p1 Prank {number}", by=workspace.fabio)
    await workspace.until(lambda: "conversations.create" not in workspace.slack.faults.rate_limit)
    await workspace.declare_soon("p2 Checkout is slow", by=workspace.elisa)
    await workspace.declare_soon("p1 Checkout is down", by=workspace.bruno)
    await workspace.until(lambda: workspace.events("channel.created", run_id=1), 20)
    assert [event.run_id for event in await workspace.events("channel.created")][:2] == [5, 4]


async def test_a_channel_that_slack_limits_holds_up_no_other(workspace: Workspace) -> None:
    devops = workspace.slack.channel("devops").id
    workspace.slack.faults.limit("chat.postMessage", retry_after=60, channel=devops)
    await workspace.bruno.types("/health api")
    await workspace.until(lambda: "chat.postMessage" not in workspace.slack.faults.rate_limit)
    room = await workspace.declare_soon("p1 Checkout is down")
    await room.card.appears()
    await room.hears("🚨")
    assert posted(workspace, "devops", "[Check again]") == []
