"""Acknowledging an incident: somebody is on it, once, and it can be handed back."""

from typing import Any

import pytest
import yaml
from domain_world import ALICE, BRUNO, CARLA, FABIO, World, bundled, opened

from bot.alerts.model import Alert, Way
from bot.errors import Refusal
from bot.incidents import conduct
from bot.incidents.acknowledge import acknowledge, acknowledged_words, hand_back
from bot.incidents.roles import give_role
from bot.runbook.load import bundled_path, parse

LEAD = "commander"


def test_who_acknowledges_is_on_it_and_leads(world: World) -> None:
    incident = world.declare()
    world.wait(minutes=3)
    done = world.do(acknowledge, BRUNO, incident.id)
    found = world.incident(incident.id)
    assert (found.acknowledged_by, found.acknowledged_at, found.roles) == (BRUNO.user, world.now, {LEAD: BRUNO.user})
    assert (done.first, done.took.total_seconds()) == (True, 180)
    event = world.events(incident.run_id)[-1]
    assert (event.kind, event.actor, str(event.data["took"])) == ("incident.acknowledged", BRUNO.user, "3 min")
    assert len(world.messages("incident.acknowledged")) == 1


def test_the_first_one_counts_and_later_ones_learn_who(world: World) -> None:
    incident = world.declare()
    world.do(acknowledge, BRUNO, incident.id)
    world.wait(minutes=1)
    late = world.do(acknowledge, ALICE, incident.id)
    assert (late.first, late.incident.acknowledged_by) == (False, BRUNO.user)
    assert BRUNO.user in acknowledged_words(late)
    assert world.kinds(incident.run_id).count("incident.acknowledged") == 1


def test_who_leads_already_goes_on_leading(world: World) -> None:
    incident = world.declare()
    world.do(give_role, BRUNO, incident.id, LEAD, ALICE.user)
    world.do(acknowledge, BRUNO, incident.id)
    assert world.incident(incident.id).roles == {LEAD: ALICE.user}


def test_taking_the_lead_acknowledges_and_giving_it_to_another_does_not(world: World) -> None:
    given, taken = world.declare(), world.declare()
    world.do(give_role, BRUNO, given.id, LEAD, ALICE.user)
    world.do(give_role, BRUNO, taken.id, LEAD, BRUNO.user)
    assert world.incident(given.id).acknowledged_by is None
    assert world.incident(taken.id).acknowledged_by == BRUNO.user


def test_an_item_that_is_ticked_is_work_and_no_acknowledgement(world: World) -> None:
    incident = world.declare()
    world.tick(incident.run_id, "scope")
    found = world.incident(incident.id)
    assert (found.acknowledged_at, found.responded_at) == (None, world.now)


def test_a_severity_may_say_that_work_acknowledges() -> None:
    with opened(_with_severity("p1", acknowledged_by_work=True)) as world:
        incident = world.declare()
        world.tick(incident.run_id, "scope", BRUNO)
        assert world.incident(incident.id).acknowledged_by == BRUNO.user


def _with_severity(severity: str, **more: Any) -> Any:
    data = yaml.safe_load(bundled_path().read_text())
    next(each for each in data["severities"] if each["id"] == severity).update(more)
    return parse(yaml.safe_dump(data, allow_unicode=True), env={})


def test_who_may_not_respond_may_acknowledge_only_what_they_were_called_for(world: World) -> None:
    incident = world.declare()
    with pytest.raises(Refusal, match="may not acknowledge an incident"):
        world.do(acknowledge, FABIO, incident.id)
    world.ask(lambda tx: tx.alerts.add(_called(incident.run_id, FABIO.user, world)))
    assert world.do(acknowledge, FABIO, incident.id).first
    (row,) = world.ask(lambda tx: tx.alerts.find(run_id=incident.run_id, person=FABIO.user))
    assert row.acknowledged_at == world.now


def _called(run: int, person: str, world: World) -> Any:
    return Alert(0, run, "", 1, 0, person, Way.PAGE, world.now)


def test_what_others_may_not_know_of_cannot_be_acknowledged(world: World) -> None:
    incident = world.declare("security", actor=CARLA)
    with pytest.raises(Refusal, match=f"There is no incident {incident.id}"):
        world.do(acknowledge, BRUNO, incident.id)


@pytest.mark.parametrize("end", [conduct.close, lambda *a: conduct.resolve(*a, "")])
def test_what_is_over_cannot_be_acknowledged(world: World, end: Any) -> None:
    incident = world.declare()
    world.do(end, ALICE, incident.id)
    with pytest.raises(Refusal, match="not open any more"):
        world.do(acknowledge, ALICE, incident.id)


def test_handing_back_leaves_nobody_on_it(world: World) -> None:
    incident = world.declare()
    world.do(acknowledge, BRUNO, incident.id)
    world.do(hand_back, BRUNO, incident.id)
    found = world.incident(incident.id)
    assert (found.acknowledged_by, found.acknowledged_at, found.roles) == (None, None, {})
    assert world.kinds(incident.run_id)[-2:] == ["incident.handed_back", "escalation.called"]
    with pytest.raises(Refusal, match="nothing to hand back"):
        world.do(hand_back, BRUNO, incident.id)


def test_an_incident_that_is_reopened_has_nobody_on_it(world: World) -> None:
    incident = world.declare()
    world.do(acknowledge, BRUNO, incident.id)
    world.do(conduct.resolve, BRUNO, incident.id, "")
    world.do(conduct.reopen, BRUNO, incident.id)
    assert world.incident(incident.id).acknowledged_by is None


def test_the_bundled_runbook_counts_no_work_as_acknowledgement() -> None:
    assert not any(each.acknowledged_by_work for each in bundled().runbook.severities)
