"""Declaring an incident: what people see first, what is done in which order, and what it is called."""

from datetime import UTC, datetime

import pytest

from whole.workspace import Card, Workspace

NIGHT = datetime(2026, 11, 23, 4, 2, tzinfo=UTC)
"""01:02 in São Paulo."""
NAME = "incident-20261123-0102"


@pytest.mark.parametrize("severity", ["p1", "p2", "p3", "security", "data-breach", "outage", "data-loss"])
async def test_the_answer_is_visible_before_any_call(workspace: Workspace, severity: str) -> None:
    before = len(workspace.slack.calls)
    workspace.slack.faults.latency_ms = 3000
    answer = await workspace.alice.types(f"/incident {severity} Checkout is down")
    assert answer.ok
    assert "*Checkout is down*" in answer
    assert len(workspace.slack.calls) == before
    await workspace.crash()


@pytest.mark.parametrize("severity", ["p1", "security"])
async def test_the_way_to_the_first_card_is_two_calls(workspace: Workspace, severity: str) -> None:
    before = len(workspace.slack.calls)
    await workspace.declare(f"{severity} Checkout is down")
    calls = [call.method for call in workspace.slack.calls[before:]]
    assert calls[0] == "conversations.create"
    assert set(calls[1 : calls.index("chat.postMessage")]) <= {"conversations.invite", "conversations.setTopic"}
    assert not {"conversations.list", "users.list", "users.lookupByEmail"} & set(calls)


@pytest.mark.parametrize(
    ("severity", "private"),
    [
        ("p1", False),
        ("p2", False),
        ("p3", False),
        ("security", True),
        ("data-breach", True),
        ("outage", False),
        ("data-loss", True),
    ],
)
async def test_the_channel_is_named_in_the_teams_zone(workspace: Workspace, severity: str, private: bool) -> None:
    workspace.clock.set(NIGHT)
    room = await workspace.declare(f"{severity} Checkout is down")
    assert room.channel.name == NAME
    assert room.channel.is_private is private


async def test_two_incidents_in_one_minute_get_two_names(workspace: Workspace) -> None:
    workspace.clock.set(NIGHT)
    rooms = [await workspace.declare(f"p2 Number {number}") for number in (1, 2, 3)]
    assert [room.channel.name for room in rooms] == [NAME, f"{NAME}-2", f"{NAME}-3"]


async def test_a_name_that_somebody_else_has_is_left_to_them(workspace: Workspace) -> None:
    workspace.clock.set(NIGHT)
    await workspace.slack.create_channel("alice", NAME)
    room = await workspace.declare("p1 Checkout is down")
    assert room.channel.name == f"{NAME}-2"
    assert not workspace.slack.messages(NAME)


async def test_two_incidents_at_once_go_round_a_name_that_somebody_else_has(workspace: Workspace) -> None:
    workspace.clock.set(NIGHT)
    await workspace.slack.create_channel("alice", NAME)
    rooms = [await workspace.declare_soon(f"p2 Number {number}") for number in (1, 2)]
    for room in rooms:
        await room.card.appears()
    await workspace.settled()
    assert {room.channel.name for room in rooms} == {f"{NAME}-2", f"{NAME}-3"}


async def test_a_channel_whose_answer_was_lost_is_taken_over(workspace: Workspace) -> None:
    workspace.slack.faults.lose("conversations.create")
    room = await workspace.declare("p1 Checkout is down")
    assert len(workspace.slack.calls_of("conversations.create")) == 1
    assert len([c for c in workspace.slack.channels() if c.name.startswith("incident-2")]) == 1
    assert len(room.card.messages) == 1


async def test_a_second_name_whose_answer_was_lost_is_taken_over(workspace: Workspace) -> None:
    workspace.clock.set(NIGHT)
    await workspace.slack.create_channel("alice", NAME)
    workspace.slack.faults.method_latency_ms["conversations.create"] = 100
    room = await workspace.declare_soon("p1 Checkout is down")
    await workspace.until(lambda: workspace.slack.calls[-1].outcome == "name_taken")
    workspace.slack.faults.lose("conversations.create")
    await room.card.appears()
    names = [c.name for c in workspace.slack.channels() if c.name.startswith(NAME)]
    assert sorted(names) == [NAME, f"{NAME}-2"]


async def test_the_declarer_and_the_roles_are_invited(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down", by=workspace.fabio)
    wanted = {workspace.fabio.id, workspace.alice.id, workspace.bruno.id, workspace.elisa.id}
    assert wanted <= set(room.channel.members)


async def test_one_person_who_cannot_be_invited_holds_nobody_up(workspace: Workspace) -> None:
    workspace.slack.faults.fail("conversations.invite", "user_is_restricted")
    room = await workspace.declare("p1 Checkout is down")
    assert {workspace.alice.id, workspace.bruno.id} <= set(room.channel.members)


async def test_what_the_bot_did_is_ticked_by_it(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    for item in ("Alert on-call engineers", "Create incident channel", "Check Vercel status page",
                 "Check database connectivity", "Verify third-party services"):  # fmt: skip
        await room.card.shows(f"✅ {item}")
        assert "NeonOps" in await room.card.item(item)


async def test_on_call_people_are_alerted_once_in_the_channel(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    assert await room.hears(f"<@{workspace.bruno.id}>")
    assert room.heard("🚨") == 1


async def test_it_is_announced_once_with_its_channel(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    said = [m.text for m in workspace.slack.messages("incidents")]
    assert len(said) == 1
    assert "Checkout is down" in said[0]
    assert f"<#{room.id}>" in said[0]


async def test_the_topic_says_what_it_is_and_the_card_is_pinned(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    assert room.channel.topic == "🔴 P1 · Open · Checkout is down"
    assert [m.ts for m in workspace.slack.pins(room.id)] == [room.card.message.ts]


async def test_a_drill_is_marked_everywhere_and_touches_nothing(workspace: Workspace) -> None:
    room = await workspace.declare("p1 --drill Checkout is down")
    await room.card.shows("DRILL · P1 · #1 · Checkout is down")
    assert "DRILL" in room.channel.topic
    assert all(text.startswith(("[DRILL]", "🔴 DRILL")) for text in room.says())
    assert not workspace.slack.messages("incidents")


async def test_without_words_it_asks_in_a_form(workspace: Workspace) -> None:
    answer = await workspace.alice.types("/incident")
    assert answer.ok
    assert answer.text == ""
    ack = await workspace.alice.submits(severity="p2", title="Login is slow", drill="real")
    assert ack.ok
    await Card(workspace, await _new_channel(workspace), "P2 · #1 · Login is slow").appears()


async def test_a_title_of_spaces_is_refused_at_its_field(workspace: Workspace) -> None:
    await workspace.alice.types("/incident")
    ack = await workspace.alice.submits(severity="p2", title="   ", drill="real")
    assert "needs a title" in ack.errors["title"]
    assert await workspace.read(lambda tx: tx.incidents.find()) == []
    assert (await workspace.alice.submits(title="Login is slow")).errors == {}


async def test_an_empty_title_after_the_severity_says_what_it_means(workspace: Workspace) -> None:
    room = await workspace.declare("p1")
    assert "P1 · #1 · Complete service outage" in room.card.text


async def test_somebody_without_a_role_can_declare(workspace: Workspace) -> None:
    room = await workspace.declare("p3 Reports are slow", by=workspace.fabio)
    assert "P3 · #1 · Reports are slow" in room.card.text


async def test_the_shortcut_opens_the_form(workspace: Workspace) -> None:
    await workspace.slack.shortcut("alice", "incident.declare")
    assert (await workspace.alice.submits(severity="p1", title="Checkout is down", drill="drill")).ok
    await Card(workspace, await _new_channel(workspace), "DRILL · P1 · #1 · Checkout is down").appears()


async def test_patient_data_is_never_asked_for(workspace: Workspace) -> None:
    assert "patient data" in await workspace.alice.types("/incident p1 Checkout is down")
    await workspace.alice.types("/incident")
    hints = [str(block.get("hint")) for block in (await workspace.alice.form()).blocks]
    assert any("patients" in hint for hint in hints)


async def _new_channel(workspace: Workspace) -> str:
    def made() -> str:
        return [c.id for c in workspace.slack.channels() if c.name.startswith(("incident-2", "drill-2"))][0]  # noqa: RUF015

    return str(await workspace.slack.wait_for(made, 10))
