"""Where a card goes, and who is told, when its own channel refuses it: never where others may not know of it."""

from dataclasses import replace

import pytest
from domain_world import ALICE, CARLA, TEAM, World

from bot.incidents.declare import channel_opened
from bot.incidents.members import left
from bot.incidents.places import places_of_card, places_to_tell
from bot.people import Member
from bot.runs.model import Run

DEVOPS = "C1"


@pytest.fixture
def breach(world: World) -> Run:
    """A confidential incident of Carla's."""
    team = TEAM.model_copy(update={"channels": {"devops": DEVOPS}})
    world.domain = replace(world.domain, team=team)
    incident = world.declare("security", actor=CARLA)
    world.do(lambda _, tx: channel_opened(tx, incident.run_id, "C9", incident.channel_name))
    return world.run(incident.run_id)


def both(world: World, run: Run) -> list[list[str]]:
    return [world.do(places, run) for places in (places_of_card, places_to_tell)]


def test_what_an_item_of_a_confidential_incident_started_goes_to_who_asked_alone(world: World, breach: Run) -> None:
    child = world.begin("maintenance", parent_run=breach.id, parent_step="isolate")
    assert both(world, replace(child, requested_by=CARLA.user)) == [[CARLA.user], [CARLA.user]]
    assert both(world, replace(child, requested_by=ALICE.user)) == [[], []]


def test_who_asked_and_left_is_not_told_any_more(world: World, breach: Run) -> None:
    assert both(world, breach) == [[CARLA.user], [CARLA.user]]
    world.do(lambda _, tx: left(tx, "C9", CARLA.user))
    assert both(world, breach) == [[], []]


def test_a_rollback_goes_where_deploys_are_then_to_who_asked_unless_they_are_gone(world: World, breach: Run) -> None:
    run = world.begin("rollback", parent_run=breach.id, parent_step="isolate")
    assert both(world, run) == [[DEVOPS, ALICE.user], [DEVOPS, ALICE.user]]
    world.ask(lambda tx: tx.members.add(Member(ALICE.user, "T1", "Alice", deleted=True)))
    assert both(world, run) == [[DEVOPS], [DEVOPS]]
