"""A rollback that is asked for in an incident's channel."""

import pytest
from domain_world import BRUNO, World

from bot.deploys.request import Asked
from bot.deploys.rollbacks.incident_item import rollback_here
from bot.errors import Refusal
from bot.incidents.model import Incident
from bot.runs.model import Run, RunState, StepState
from bot.runs.start import finish


def opened(world: World, **more: object) -> Incident:
    """An incident whose channel is C9."""
    incident = world.declare(**more)
    return world.ask(lambda tx: tx.incidents.save(incident, channel="C9"))


def asked(world: World, place: str = "C9") -> Run:
    return world.do(rollback_here, BRUNO, Asked("api", place))


def test_it_is_the_incidents_first_open_item_and_then_its_next(world: World) -> None:
    incident = opened(world)
    first, second, third = asked(world), asked(world), asked(world)
    assert [(run.parent_run, run.parent_step) for run in (first, second, third)] == [
        (incident.run_id, "rollback"),
        (incident.run_id, "fix"),
        (None, None),
    ]


def test_its_end_is_told_to_the_item_which_can_be_started_again(world: World) -> None:
    incident = opened(world)
    run = asked(world)
    assert world.step(incident.run_id, "rollback").state is StepState.STARTED
    world.do(finish, run, RunState.CANCELLED)
    assert world.step(incident.run_id, "rollback").state is StepState.FAILED
    assert asked(world).parent_step == "rollback"


def test_elsewhere_it_belongs_to_nobody(world: World) -> None:
    opened(world)
    assert asked(world, "C1").parent_run is None


def test_in_the_channel_of_a_drill_production_is_not_moved_by_mistake(world: World) -> None:
    opened(world, drill=True)
    with pytest.raises(Refusal, match="a drill channel"):
        asked(world)
