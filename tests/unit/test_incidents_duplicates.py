"""Duplicates are merged and closed; a title is changed."""

import pytest
from domain_world import ALICE, BRUNO, CARLA, NOON, World

from bot.deploys.history.dora import delivery
from bot.errors import Refusal
from bot.incidents import conduct
from bot.incidents.declare import TITLE_LIMIT
from bot.incidents.duplicates import merge
from bot.incidents.model import IncidentStatus
from bot.incidents.rename import rename
from bot.legal import clocks
from bot.runs.checklist import items

SCOPE = "scope"


def two(world: World, first: str = "p1", second: str = "p1") -> tuple[int, int]:
    """A duplicate and what it is merged into."""
    target = world.declare(first, "Checkout is down").id
    return world.declare(second, "Payments fail", actor=CARLA).id, target


def test_a_duplicate_is_closed_and_names_what_it_is_a_duplicate_of(world: World) -> None:
    number, into = two(world)
    world.do(merge, CARLA, number, into)
    closed = world.incident(number)
    assert (closed.status, closed.merged_into) == (IncidentStatus.CLOSED, into)
    assert world.run(closed.run_id).state.ended
    assert world.incident(into).status is IncidentStatus.OPEN


def test_what_was_done_and_noted_there_is_kept_as_references(world: World) -> None:
    number, into = two(world)
    run = world.incident(number).run_id
    world.do(items.tick, CARLA, world.ref(run, SCOPE))
    world.do(conduct.note, CARLA, number, "cards are declined")
    world.do(merge, CARLA, number, into)
    (event,) = [each for each in world.events(world.incident(into).run_id) if each.kind == "incident.merged"]
    assert event.data["done"] == ["Determine scope and impact"]
    assert [(note["by"], note["text"]) for note in event.data["notes"]] == [(CARLA.user, "cards are declined")]
    assert CARLA.user in world.incident(into).members


def test_nobody_is_let_into_a_confidential_incident_by_a_merge(world: World) -> None:
    number = world.declare("p1", "Payments fail", actor=BRUNO).id
    into = world.declare("security", "Somebody reads our mail", actor=CARLA).id
    world.do(merge, CARLA, number, into)
    assert BRUNO.user not in world.incident(into).members


def test_the_public_duplicate_of_a_confidential_incident_does_not_name_it(world: World) -> None:
    number = world.declare("p1", "Payments fail", actor=BRUNO).id
    into = world.declare("security", "Somebody reads our mail", actor=CARLA).id
    world.do(merge, CARLA, number, into)
    said = world.messages("incident.duplicate", "announce.duplicate")
    assert [each.data["into"] for each in said] == [None, None]


@pytest.mark.parametrize("pair", [("p1", "security"), ("p1", "data-loss"), ("data-loss", "security")])
def test_what_is_private_is_not_merged_into_what_others_read(world: World, pair: tuple[str, str]) -> None:
    number, into = two(world, *pair)
    with pytest.raises(Refusal, match=f"Merge the other way: /incident merge {into} into {number}"):
        world.do(merge, CARLA, number, into)


def test_an_incident_is_merged_once_and_not_into_itself(world: World) -> None:
    number, into = two(world)
    with pytest.raises(Refusal, match="into itself"):
        world.do(merge, CARLA, number, number)
    world.do(merge, CARLA, number, into)
    with pytest.raises(Refusal, match=f"merged into {into} already"):
        world.do(merge, CARLA, number, into)


def test_nothing_is_merged_into_what_is_closed_or_only_a_drill(world: World) -> None:
    number, into = two(world)
    drill = world.declare("p1", "Practice", actor=BRUNO, drill=True).id
    with pytest.raises(Refusal, match="is a drill"):
        world.do(merge, CARLA, number, drill)
    world.do(conduct.close, CARLA, into)
    with pytest.raises(Refusal, match="is closed"):
        world.do(merge, CARLA, number, into)


def test_two_declarations_of_one_outage_count_once(world: World) -> None:
    number, into = two(world)
    world.do(merge, CARLA, number, into)
    world.do(conduct.resolve, CARLA, into, "")
    assert world.do(delivery).short.incidents == 1


def test_a_duplicate_that_was_none_is_reopened(world: World) -> None:
    number, into = two(world)
    world.do(merge, CARLA, number, into)
    world.do(conduct.reopen, CARLA, number)
    assert (world.incident(number).status, world.incident(number).merged_into) == (IncidentStatus.OPEN, None)


def test_the_legal_clocks_of_a_duplicate_go_on_in_the_other(world: World) -> None:
    number, into = two(world)
    world.do(clocks.set_knowledge, CARLA, number, NOON)
    world.do(merge, CARLA, number, into)
    assert world.ask(lambda tx: clocks.clocks_of(tx, number)) == []
    assert {each.clock for each in world.ask(lambda tx: clocks.clocks_of(tx, into))} > {"anpd_notice"}
    known = world.ask(lambda tx: clocks.knowledge_of(tx, into))
    assert known
    assert known.known_at == NOON


def test_two_sets_of_legal_clocks_both_go_on(world: World) -> None:
    number, into = two(world)
    for each in (number, into):
        world.do(clocks.set_knowledge, CARLA, each, NOON)
    world.do(merge, CARLA, number, into)
    assert len(world.ask(lambda tx: clocks.clocks_of(tx, number))) == len(
        world.ask(lambda tx: clocks.clocks_of(tx, into))
    )


def test_a_new_title_stands_everywhere(world: World) -> None:
    incident = world.declare()
    world.do(rename, ALICE, incident.id, "  Payments fail\nfor cards ")
    assert world.incident(incident.id).title == world.run(incident.run_id).title == "Payments fail for cards"
    event = world.events(incident.run_id)[-1]
    assert event.data == {"old": "Checkout is down", "new": "Payments fail for cards"}


@pytest.mark.parametrize("title", ["", "Checkout is down"])
def test_no_title_and_the_same_title_are_refused(world: World, title: str) -> None:
    with pytest.raises(Refusal):
        world.do(rename, ALICE, world.declare().id, title)


def test_a_long_title_is_cut(world: World) -> None:
    incident = world.declare()
    assert len(world.do(rename, ALICE, incident.id, "x" * 500).title) == TITLE_LIMIT


def test_who_may_not_see_what_it_was_merged_into_does_not_learn_its_number(world: World) -> None:
    number = world.declare("p1", "Payments fail", actor=BRUNO).id
    into = world.declare("security", "Somebody reads our mail", actor=CARLA).id
    world.do(merge, CARLA, number, into)
    other = world.declare("p1", "Checkout is down").id
    with pytest.raises(Refusal, match="was merged into another already"):
        world.do(merge, BRUNO, number, other)
