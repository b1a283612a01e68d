"""The roles of an incident: those of its runbook, taken, given, handed over, given back, and wanted."""

from contextlib import closing

import pytest
import yaml
from domain_world import ALICE, BRUNO, CARLA, FABIO, World, bundled

from bot.errors import Refusal
from bot.incidents import conduct, look, roles
from bot.people import Member
from bot.runbook.load import bundled_path, parse
from bot.runbook.sections.incidents import USUAL_ROLES


def test_a_role_makes_its_holder_a_member(world: World) -> None:
    incident = world.declare("security")
    changed = world.do(roles.give_role, CARLA, incident.id, "commander", FABIO.user)
    assert changed.roles == {"commander": FABIO.user}
    assert changed.members == (ALICE.user, FABIO.user)
    assert world.do(look.open_incidents, FABIO) == [world.incident(incident.id)]


@pytest.mark.parametrize(("flag", "why"), [("deleted", "is deactivated in Slack"), ("bot", "is a bot")])
def test_who_is_not_there_is_given_no_role(world: World, flag: str, why: str) -> None:
    world.ask(lambda tx: tx.members.add(Member(FABIO.user, "T1", "Fábio", **{flag: True})))  # type: ignore[arg-type]
    with pytest.raises(Refusal, match=f"Fábio {why}"):
        world.do(roles.give_role, ALICE, world.declare().id, "commander", FABIO.user)


def test_an_unknown_role_is_answered_with_the_known_ones(world: World) -> None:
    with pytest.raises(Refusal, match="the roles are commander, communications"):
        world.do(roles.give_role, ALICE, world.declare().id, "king", BRUNO.user)


def briefed(world: World, run: int) -> list[str]:
    """Who was told where the incident stands."""
    return [each.to[0] for each in world.messages("incident.handover", run_id=run)]


def test_who_takes_over_is_told_where_it_stands(world: World) -> None:
    incident = world.declare()
    world.do(roles.give_role, ALICE, incident.id, "scribe", BRUNO.user)
    assert briefed(world, incident.run_id) == []
    world.do(roles.give_role, BRUNO, incident.id, "scribe", CARLA.user)
    assert briefed(world, incident.run_id) == [CARLA.user]
    assert world.events(incident.run_id)[-1].data == {"role": "scribe", "user": CARLA.user, "before": BRUNO.user}


def test_a_role_is_given_back(world: World) -> None:
    incident = world.declare()
    world.do(roles.give_role, ALICE, incident.id, "scribe", BRUNO.user)
    assert world.do(roles.give_back, BRUNO, incident.id, "scribe").roles == {}
    with pytest.raises(Refusal, match="Nobody is scribe"):
        world.do(roles.give_back, BRUNO, incident.id, "scribe")


def test_a_role_is_given_to_its_holder_once(world: World) -> None:
    incident = world.declare()
    world.do(roles.give_role, ALICE, incident.id, "scribe", BRUNO.user)
    with pytest.raises(Refusal, match="is scribe already"):
        world.do(roles.give_role, ALICE, incident.id, "scribe", BRUNO.user)


@pytest.mark.parametrize("word", ["Communications", "comunicação", "COMMUNICATIONS"])
def test_a_role_is_meant_by_each_of_its_names(world: World, word: str) -> None:
    assert world.do(roles.give_role, ALICE, world.declare().id, word, BRUNO.user).roles == {
        "communications": BRUNO.user
    }


def test_a_role_is_wanted_until_somebody_has_it(world: World) -> None:
    runbook, incident = world.domain.runbook, world.declare("p1")
    assert [role.id for role in roles.wanted_roles(runbook, incident)] == ["commander", "communications"]
    taken = world.do(roles.give_role, ALICE, incident.id, "communications", BRUNO.user)
    assert [role.id for role in roles.wanted_roles(runbook, taken)] == ["commander"]
    over = world.do(conduct.resolve, ALICE, incident.id, "")
    assert roles.wanted_roles(runbook, over) == []


def test_updates_are_for_who_communicates_else_for_who_leads(world: World) -> None:
    runbook, incident = world.domain.runbook, world.declare("p1")
    assert roles.teller_of(runbook, incident) is None
    led = world.do(roles.give_role, ALICE, incident.id, "commander", ALICE.user)
    assert roles.teller_of(runbook, led) == ALICE.user
    told = world.do(roles.give_role, ALICE, incident.id, "communications", BRUNO.user)
    assert roles.teller_of(runbook, told) == BRUNO.user


def with_roles(*given: dict[str, object]) -> World:
    """A world whose runbook has these roles, or says nothing of them."""
    text = yaml.safe_load(bundled().text)
    text["incident_roles"] = list(given)
    if not given:
        del text["incident_roles"]
    return World(parse(yaml.safe_dump(text), source=bundled_path(), env={}))


def test_the_roles_are_those_of_the_runbook() -> None:
    pilot = {"id": "pilot", "title": "Pilot", "purpose": "Steers"}
    with closing(with_roles(pilot)) as world:
        incident = world.declare()
        assert world.do(roles.give_role, ALICE, incident.id, "pilot", ALICE.user).roles == {"pilot": ALICE.user}
        assert world.incident(incident.id).acknowledged_by == ALICE.user
        with pytest.raises(Refusal, match="the roles are pilot"):
            world.do(roles.give_role, ALICE, incident.id, "commander", BRUNO.user)


def test_a_runbook_without_roles_has_the_usual_five() -> None:
    assert with_roles().domain.runbook.incident_roles == USUAL_ROLES
    assert len(USUAL_ROLES) == 5


def test_a_run_under_way_keeps_the_roles_of_its_runbook() -> None:
    pilot = {"id": "pilot", "title": "Pilot", "purpose": "Steers"}
    with closing(with_roles(pilot)) as world:
        incident = world.declare()
        world.domain = with_roles().domain
        assert world.do(roles.give_role, ALICE, incident.id, "pilot", BRUNO.user).roles == {"pilot": BRUNO.user}
