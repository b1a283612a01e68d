"""Conducting an incident, and looking at incidents."""

from datetime import timedelta
from typing import Any

import pytest
from domain_world import ALICE, BRUNO, CARLA, FABIO, World

from bot.deploys.request import Asked, request_deploy
from bot.errors import Refusal
from bot.incidents import conduct, look, roles
from bot.incidents.declare import channel_opened
from bot.incidents.members import joined
from bot.incidents.model import IncidentStatus
from bot.people import Actor
from bot.runs.model import RunState, StepState
from bot.runs.outcome import Failed

ELISA = Actor("U05ELISA", "Elisa", frozenset({"developer"}))


def pending(world: World, run: int) -> dict[tuple[str, str], timedelta]:
    """The timers that have not fired, as times since noon."""
    found = world.ask(lambda tx: tx.timers.find(run_id=run, state="pending"))
    return {(each.kind, each.key): each.due_at - world.incident(1).declared_at for each in found}


def test_a_note_is_in_the_timeline_and_counts_as_a_response(world: World) -> None:
    incident = world.declare()
    world.wait(minutes=2)
    world.do(conduct.note, ALICE, incident.id, "  latency is back  ")
    assert world.events(incident.run_id)[-1].data == {"text": "latency is back"}
    assert world.incident(incident.id).responded_at == world.now


def test_a_note_holds_so_many_characters_and_no_more(world: World) -> None:
    incident = world.declare()
    world.do(conduct.note, ALICE, incident.id, "é" * conduct.NOTE_LIMIT)
    with pytest.raises(Refusal, match=r"3,001 characters.*3,000.*Nothing was saved"):
        world.do(conduct.note, ALICE, incident.id, "x" * (conduct.NOTE_LIMIT + 1))
    assert world.kinds(incident.run_id).count("note.added") == 1


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_a_note_needs_words(world: World, text: str) -> None:
    with pytest.raises(Refusal, match="needs text"):
        world.do(conduct.note, ALICE, world.declare().id, text)


def test_a_secret_in_a_note_is_masked_before_it_is_stored(world: World) -> None:
    incident = world.declare()
    world.do(conduct.note, ALICE, incident.id, "the password is hunter2")
    assert world.events(incident.run_id)[-1].data["text"] == "the password is •••"


def test_a_new_severity_brings_its_checklist(world: World) -> None:
    incident = world.declare("p2")
    world.do(conduct.change_severity, ALICE, incident.id, "p1")
    procedure = world.domain.runbook.procedure("incident_p1")
    assert {step.id for _, step in procedure.steps()} <= set(world.steps(incident.run_id))
    assert world.run(incident.run_id).procedure == "incident_p1"


def test_what_was_ticked_is_ticked_when_its_checklist_comes_back(world: World) -> None:
    incident = world.declare("p1")
    world.tick(incident.run_id, "scope")
    for severity in ("p2", "p1"):
        world.do(conduct.change_severity, ALICE, incident.id, severity)
    assert world.step(incident.run_id, "scope").state is StepState.DONE


def test_a_worse_severity_calls_more_people_and_a_lesser_one_does_not(world: World) -> None:
    incident = world.declare("p2")
    world.tick(incident.run_id, "alert")
    before = len(world.ask(lambda tx: tx.effects.find(kind="channel.invite")))
    world.do(conduct.change_severity, ALICE, incident.id, "p1")
    assert world.step(incident.run_id, "alert").asked_by == "neonops"
    assert len(world.ask(lambda tx: tx.effects.find(kind="channel.invite"))) == before + 1
    world.tick(incident.run_id, "alert")
    world.do(conduct.change_severity, ALICE, incident.id, "p2")
    assert len(world.ask(lambda tx: tx.effects.find(kind="channel.invite"))) == before + 1


def cards(world: World, state: str) -> set[str]:
    return {card.page for card in world.ask(lambda tx: tx.cards.find(state=state))}


def test_a_new_severity_deals_the_cards_anew(world: World) -> None:
    incident = world.declare("p3")
    before = cards(world, "live")
    world.do(conduct.change_severity, ALICE, incident.id, "security" if incident.private else "p1")
    world.do(conduct.change_severity, ALICE, incident.id, "p3")
    assert cards(world, "live") == before
    assert before.isdisjoint(cards(world, "retired"))


def test_a_new_severity_sets_the_timers_that_lie_ahead(world: World) -> None:
    incident = world.declare("p3")
    world.wait(minutes=20)
    world.do(conduct.change_severity, ALICE, incident.id, "p1")
    due = pending(world, incident.run_id)
    assert ("phase", "immediate") not in due
    assert ("response", "response") not in due
    assert due[("phase", "investigation")] == timedelta(minutes=45)
    assert all(delay > timedelta(minutes=20) for delay in due.values())


def test_a_public_incident_cannot_become_a_confidential_one(world: World) -> None:
    incident = world.declare("p1")
    with pytest.raises(Refusal, match="needs a private channel"):
        world.do(conduct.change_severity, ALICE, incident.id, "security")
    assert world.incident(incident.id) == incident


def test_a_confidential_incident_stays_confidential(world: World) -> None:
    incident = world.declare("security")
    changed = world.do(conduct.change_severity, ALICE, incident.id, "p1")
    assert (changed.severity, changed.confidential, changed.private) == ("p1", True, True)
    assert world.messages(target=f"run:{incident.run_id}:announce") == []


def test_the_same_severity_is_refused(world: World) -> None:
    with pytest.raises(Refusal, match="is already p1"):
        world.do(conduct.change_severity, ALICE, world.declare("p1").id, "p1")


def test_resolving_stops_the_clock_and_leaves_the_checklist(world: World) -> None:
    incident = world.declare()
    world.wait(minutes=30)
    changed = world.do(conduct.resolve, ALICE, incident.id, "  a bad deploy, rolled back ")
    assert (changed.status, changed.resolved_at) == (IncidentStatus.RESOLVED, world.now)
    assert changed.summary == "a bad deploy, rolled back"
    assert pending(world, incident.run_id) == {}
    assert world.tick(incident.run_id, "scope").state is StepState.DONE


def test_closing_says_what_was_left_open(world: World) -> None:
    incident = world.declare()
    count = len(list(world.domain.runbook.procedure("incident_p1").steps()))
    changed, words = world.do(conduct.close, ALICE, incident.id)
    assert (changed.status, changed.closed_at, changed.resolved_at) == (IncidentStatus.CLOSED, world.now, world.now)
    assert words == f"{count} items were left open."
    assert world.run(incident.run_id).state is RunState.DONE


def test_closing_keeps_the_time_at_which_it_was_resolved(world: World) -> None:
    incident = world.declare()
    resolved = world.do(conduct.resolve, ALICE, incident.id, "")
    world.wait(hours=5)
    assert world.do(conduct.close, ALICE, incident.id)[0].resolved_at == resolved.resolved_at


def test_reopening_brings_back_the_timers_that_lie_ahead(world: World) -> None:
    incident = world.declare()
    world.do(conduct.close, ALICE, incident.id)
    world.wait(minutes=20)
    changed = world.do(conduct.reopen, ALICE, incident.id)
    assert (changed.status, changed.resolved_at, changed.closed_at) == (IncidentStatus.OPEN, None, None)
    assert world.run(incident.run_id).state is RunState.ACTIVE
    assert ("phase", "investigation") in pending(world, incident.run_id)
    assert ("response", "response") not in pending(world, incident.run_id)


OPERATIONS: dict[str, tuple[Any, ...]] = {
    "severity": (conduct.change_severity, "p2"),
    "role": (roles.give_role, "scribe", "U05ELISA"),
    "resolve": (conduct.resolve, ""),
    "close": (conduct.close,),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_closed_incident_is_closed(world: World, name: str) -> None:
    incident = world.declare()
    world.do(conduct.close, ALICE, incident.id)
    operation, *more = OPERATIONS[name]
    with pytest.raises(Refusal, match="Use /incident reopen first"):
        world.do(operation, ALICE, incident.id, *more)


def test_a_note_can_be_added_afterwards(world: World) -> None:
    incident = world.declare()
    world.do(conduct.close, ALICE, incident.id)
    world.do(conduct.note, ALICE, incident.id, "found the cause")
    assert world.kinds(incident.run_id)[-1] == "note.added"


@pytest.mark.parametrize("name", [*OPERATIONS, "note", "reopen"])
def test_conducting_takes_a_role(world: World, name: str) -> None:
    incident = world.declare()
    operation, *more = {**OPERATIONS, "note": (conduct.note, "x"), "reopen": (conduct.reopen,)}[name]
    with pytest.raises(Refusal, match="You may not change an incident"):
        world.do(operation, FABIO, incident.id, *more)
    assert world.incident(incident.id) == incident


@pytest.mark.parametrize("name", [*OPERATIONS, "note", "reopen"])
def test_a_confidential_incident_does_not_exist_for_others(world: World, name: str) -> None:
    incident = world.declare("security", actor=CARLA)
    operation, *more = {**OPERATIONS, "note": (conduct.note, "x"), "reopen": (conduct.reopen,)}[name]
    with pytest.raises(Refusal, match=f"There is no incident {incident.id}"):
        world.do(operation, ELISA, incident.id, *more)


@pytest.mark.parametrize(("actor", "sees"), [(ALICE, True), (CARLA, True), (BRUNO, False), (FABIO, False)])
def test_lists_show_confidential_incidents_to_their_people_only(world: World, actor: Actor, sees: bool) -> None:
    incident = world.declare("security", actor=CARLA)
    assert (world.do(look.open_incidents, actor) == [incident]) is sees
    assert bool(world.do(look.situations, actor)) is sees


def test_who_joins_the_channel_may_see_it(world: World) -> None:
    incident = world.declare("security", actor=CARLA)
    world.do(lambda _, tx: channel_opened(tx, incident.run_id, "C9", incident.channel_name))
    for _ in range(2):
        world.do(joined, "C9", BRUNO.user)
    assert world.incident(incident.id).members == (CARLA.user, BRUNO.user)


def test_the_incident_that_is_meant(world: World) -> None:
    first = world.declare()
    assert world.do(look.meant, ALICE, None, "C1").id == first.id
    second = world.declare()
    world.do(lambda _, tx: channel_opened(tx, second.run_id, "C9", second.channel_name))
    assert world.do(look.meant, ALICE, None, "C9").id == second.id
    assert world.do(look.meant, ALICE, first.id, "C9").id == first.id
    with pytest.raises(Refusal, match="Which incident"):
        world.do(look.meant, ALICE, None, "C1")


@pytest.mark.parametrize("number", [1, 4711])
def test_an_incident_that_others_may_not_see_looks_like_none(world: World, number: int) -> None:
    world.declare("security", actor=CARLA)
    with pytest.raises(Refusal, match=f"There is no incident {number}"):
        world.do(look.meant, BRUNO, number, "C1")


def test_a_timeline_is_paged_from_its_end(world: World) -> None:
    incident = world.declare()
    for number in range(9):
        world.do(conduct.note, ALICE, incident.id, f"note {number}")
    latest = world.ask(lambda tx: look.timeline(tx, incident, limit=4))
    before = world.ask(lambda tx: look.timeline(tx, incident, before=latest[0].seq, limit=4))
    assert [event.data["text"][-1] for event in (*before, *latest)] == list("12345678")


def test_the_gates_of_a_waiting_deploy_follow_what_becomes_of_an_incident(world: World) -> None:
    run = world.do(request_deploy, BRUNO, Asked("api", "C1"))

    def looks() -> int:
        return len(world.ask(lambda tx: tx.effects.find(kind="deploy.look", run_id=run.id)))

    seen = [looks()]
    number = world.declare().id
    seen.append(looks())
    for operation, words in (
        (conduct.change_severity, ("p3",)),
        (conduct.resolve, ("fixed",)),
        (conduct.close, ()),
        (conduct.reopen, ()),
    ):
        world.do(operation, ALICE, number, *words)
        seen.append(looks())
    assert seen == [1, 2, 3, 4, 5, 6]


def test_another_kind_that_is_as_grave_calls_whom_the_one_before_did_not_invite(world: World) -> None:
    incident = world.declare("data-loss", actor=CARLA)
    world.ask(lambda tx: tx.incidents.save(incident, channel="C9"))
    world.do(conduct.change_severity, CARLA, incident.id, "data-breach")
    invited = world.ask(lambda tx: tx.effects.find(run_id=incident.run_id, kind="channel.invite", order="seq"))
    assert "security_officer" in invited[-1].payload["roles"]
    assert world.ask(lambda tx: tx.alerts.find(run_id=incident.run_id, step_attempt=2)) != []


def watched(world: World, run: int) -> None:
    """Somebody has the bot look whether it comes back."""
    world.set_step(run, "recurrence", state=StepState.STARTED, attempt=1, asked_by=ALICE.user)


def test_what_comes_back_after_it_was_resolved_is_open_again(world: World) -> None:
    incident = world.declare()
    watched(world, incident.run_id)
    world.do(conduct.resolve, ALICE, incident.id, "")
    world.settle(incident.run_id, "recurrence", Failed("2 checks in a row failed: API: 503"))
    assert world.incident(incident.id).status is IncidentStatus.OPEN
    (event,) = [each for each in world.events(incident.run_id) if each.kind == "incident.reopened"]
    assert (event.actor, event.data["why"]) == ("neonops", "2 checks in a row failed: API: 503")


@pytest.mark.parametrize("status", ["open", "closed"])
def test_only_what_is_resolved_is_opened_again_by_itself(world: World, status: str) -> None:
    incident = world.declare()
    watched(world, incident.run_id)
    if status == "closed":
        world.do(conduct.close, ALICE, incident.id)
    world.settle(incident.run_id, "recurrence", Failed("2 checks in a row failed"))
    assert world.incident(incident.id).status.value == status
    assert "incident.reopened" not in world.kinds(incident.run_id)
