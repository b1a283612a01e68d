"""Whose things are done first."""

from domain_world import ALICE, BRUNO, FABIO, World

from bot.delivery import claim
from bot.delivery.urgency import urgency
from bot.effects import FIRST, LATER, SOON
from bot.incidents.model import Incident
from bot.people import BOT, Member


def place(world: World, incident: Incident, priority: int) -> int:
    run = world.run(incident.run_id)
    return world.ask(lambda tx: urgency(world.domain, tx, run, priority))


def test_role_holders_come_first_then_what_is_waited_for_then_the_graver_incident(world: World) -> None:
    world.ask(lambda tx: tx.members.add(Member("U02BRUNO", "T1", "Bruno", "bruno@example.com")))
    p1, p3 = world.declare(actor=ALICE), world.declare("p3", "Slow", actor=BRUNO)
    prank = world.declare("p1", "Prank", actor=FABIO)
    order = [(p1, FIRST), (p3, FIRST), (p1, SOON), (p3, SOON), (p1, LATER), (prank, FIRST), (prank, SOON)]
    places = [place(world, incident, priority) for incident, priority in order]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


def test_what_the_bot_began_by_itself_waits_for_nobody(world: World) -> None:
    run = world.begin("backup_verification")
    own = world.ask(lambda tx: tx.runs.save(run, requested_by=BOT))
    prank = world.run(world.declare("p1", "Prank", actor=FABIO).run_id)
    first, second = world.ask(lambda tx: [urgency(world.domain, tx, each, LATER) for each in (own, prank)])
    assert first < second


def test_an_effect_is_claimed_with_its_place(world: World) -> None:
    prank = world.declare("p1", "Prank", actor=FABIO)
    effect = world.do(claim, f"run:{prank.run_id}:channel")
    assert effect
    assert effect.priority == place(world, prank, FIRST)
    assert world.ask(lambda tx: tx.effects.find(seq=effect.seq))[0].priority == FIRST
