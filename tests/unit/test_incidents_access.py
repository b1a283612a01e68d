"""Who may know of an incident, and of what belongs to it."""

from dataclasses import replace

import pytest
from domain_world import ALICE, BRUNO, CARLA, FABIO, World

from bot.deploys.approval import approve
from bot.deploys.request import Asked, request_deploy, request_rollback
from bot.errors import Refusal
from bot.incidents import access, conduct
from bot.incidents.declare import channel_opened
from bot.incidents.model import Incident
from bot.people import Actor
from bot.runs import stopping


@pytest.fixture
def breach(world: World) -> Incident:
    """A confidential incident of Carla's, whose channel is there."""
    incident = world.declare("security", "Somebody reads our mail", actor=CARLA)
    world.do(lambda _, tx: channel_opened(tx, incident.run_id, "C9", incident.channel_name))
    return world.incident(incident.id)


@pytest.mark.parametrize(
    ("actor", "sees"),
    [
        (CARLA, True),
        (ALICE, True),
        (BRUNO, False),
        (FABIO, False),
        (replace(FABIO, place="C9"), True),
        (replace(FABIO, place="C1"), False),
    ],
)
def test_members_invited_roles_and_who_is_in_the_channel_see_it(
    world: World, breach: Incident, actor: Actor, sees: bool
) -> None:
    assert world.do(access.may_see, actor, breach) is sees


def test_in_a_public_channel_nobody_is_a_member_for_being_there(breach: Incident) -> None:
    assert not access.is_member(replace(FABIO, place="C9"), replace(breach, private=False))


def test_what_an_item_started_belongs_to_it_and_what_holds_production_is_everybodys(
    world: World, breach: Incident
) -> None:
    child = world.begin("maintenance", parent_run=breach.run_id, parent_step="isolate")
    back = world.do(request_rollback, BRUNO, Asked("api", "C9", deployment="dpl_1", parent=(breach.run_id, "isolate")))
    assert not world.do(access.may_see_run, BRUNO, child)
    assert world.do(access.may_see_run, BRUNO, back)
    assert world.ask(lambda tx: access.belongs_to_secret(tx, back)) == breach
    assert world.do(access.may_see_run, BRUNO, None)


def test_no_title_reaches_a_pager(world: World, breach: Incident) -> None:
    other = world.declare("p1", "Checkout is down")
    assert world.ask(lambda tx: access.page_words(tx, breach.run_id)) == f"Incident {breach.id}: see Slack"
    assert world.ask(lambda tx: access.page_words(tx, other.run_id)) == "Checkout is down"


def test_an_incident_is_not_cancelled_like_a_deploy(world: World) -> None:
    run = world.declare().run_id
    with pytest.raises(Refusal, match="/incident close"):
        world.do(stopping.cancel, ALICE, run)


def test_it_does_not_become_confidential_before_its_private_channel_is_there(world: World) -> None:
    incident = world.declare("data-loss")
    with pytest.raises(Refusal, match="private channel does not exist yet"):
        world.do(conduct.change_severity, ALICE, incident.id, "security")


def test_a_gate_of_an_earlier_version_that_names_it_is_drawn_anew(world: World, breach: Incident) -> None:
    run = world.do(request_deploy, BRUNO, Asked("api", "C1"))
    world.ask(lambda tx: tx.incidents.save(breach, severity="p1"))
    world.do(approve.looked, run.id, world.facts())
    old = world.run(run.id)
    named = tuple(replace(gate, why="P1 1 is open.") for gate in old.inputs.gates if gate.id == "incidents")
    world.ask(lambda tx: tx.runs.save(old, inputs=replace(old.inputs, gates=named)))
    world.do(approve.judge_again)
    (why,) = (gate.why for gate in world.run(run.id).inputs.gates if gate.id == "incidents")
    assert why == "1 confidential incident is open. Start a fix from its card, or with --fix."


def test_several_incidents_are_open(world: World) -> None:
    run = world.do(request_deploy, BRUNO, Asked("api", "C1"))
    for _ in range(2):
        world.declare("p1")
    world.do(approve.looked, run.id, world.facts())
    (why,) = (gate.why for gate in world.run(run.id).inputs.gates if gate.id == "incidents")
    assert " are open. " in why
