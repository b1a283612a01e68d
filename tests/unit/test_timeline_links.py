"""The link to a complete timeline: for people who are in the incident, for an hour."""

from typing import Any

import pytest
from domain_world import ALICE, BRUNO, World

from bot.incidents.members import left
from bot.incidents.model import Incident
from bot.people import Member
from bot.timelines.links import make_link, opened


@pytest.fixture
def incident(world: World) -> Incident:
    """Alice declared it."""
    world.ask(lambda tx: tx.members.add(Member(ALICE.user, "T1", "Alice")))
    made = world.declare()
    return world.ask(lambda tx: tx.incidents.save(made, channel="C1"))


def test_who_is_in_the_incident_gets_a_link_that_opens_it(world: World, incident: Incident) -> None:
    secret = world.do(make_link, ALICE, incident)
    assert world.do(opened, secret) == incident
    assert world.do(opened, secret + "x") is None


def test_who_is_not_in_it_gets_none(world: World, incident: Incident) -> None:
    assert world.do(make_link, BRUNO, incident) == ""


def test_only_the_newest_link_works(world: World, incident: Incident) -> None:
    first, second = world.do(make_link, ALICE, incident), world.do(make_link, ALICE, incident)
    assert (world.do(opened, first), world.do(opened, second)) == (None, incident)


def test_a_link_expires(world: World, incident: Incident) -> None:
    secret = world.do(make_link, ALICE, incident)
    world.wait(minutes=59)
    assert world.do(opened, secret)
    world.wait(minutes=1)
    assert world.do(opened, secret) is None


@pytest.mark.parametrize("gone", [{"deleted": True}, {"guest": True}])
def test_who_is_not_there_any_more_reads_nothing(world: World, incident: Incident, gone: dict[str, Any]) -> None:
    secret = world.do(make_link, ALICE, incident)
    member = world.ask(lambda tx: tx.members.get(ALICE.user))
    world.ask(lambda tx: tx.members.save(member, **gone))
    assert world.do(opened, secret) is None


def test_who_left_the_channel_reads_nothing(world: World, incident: Incident) -> None:
    secret = world.do(make_link, ALICE, incident)
    world.ask(lambda tx: left(tx, "C1", ALICE.user))
    assert world.do(opened, secret) is None
