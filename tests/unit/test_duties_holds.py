"""Locks that are forgotten, holds whose time is over, and locks that are taken over."""

from datetime import timedelta
from typing import Any

import pytest
from domain_world import ALICE, BRUNO, FABIO, World

from bot.errors import Refusal
from bot.holds import holds
from bot.holds.holds import HoldRef
from bot.holds.reminders import mind_holds
from bot.people import ROBOT


def told(world: World) -> list[tuple[str, str]]:
    """Who was told what, newest last."""
    return [(each.to[0], each.data["text"]) for each in world.messages("text", "hold.reminder")]


def minute(world: World, **span: float) -> list[tuple[str, str]]:
    """What is said by the duty after this time."""
    before = len(told(world))
    world.wait(**span)
    world.do(mind_holds, world.now)
    return told(world)[before:]


def lock(world: World, **more: Any) -> HoldRef:
    hold = world.do(holds.put, BRUNO, "lock", "the migration", **more)
    return HoldRef(hold.environment, hold.kind, hold.taken_at.isoformat())


def test_a_lock_without_an_end_is_brought_to_its_owners_mind_in_every_interval(world: World) -> None:
    lock(world)
    assert minute(world, hours=2, minutes=59) == []
    [(to, text)] = minute(world, minutes=1)
    assert (to, text) == (BRUNO.user, "⏰ Your lock has blocked deploys for 3 h: the migration")
    assert minute(world, minutes=1) == []
    assert len(minute(world, hours=3)) == 1


def test_after_an_outage_of_the_bot_it_reminds_once(world: World) -> None:
    lock(world)
    assert len(minute(world, days=1)) == 1


def test_a_lock_of_the_bots_own_is_told_where_deploys_are_talked_about(world: World) -> None:
    world.do(lambda domain, tx: holds.place(domain, tx, ROBOT, "lock", "run 7 rolled production back"))
    [(to, text)] = minute(world, hours=3)
    assert to == "devops"
    assert "run 7 rolled production back" in text


@pytest.mark.parametrize("kind", ["lock", "freeze"])
def test_a_hold_whose_time_is_over_ends_and_its_owner_is_told(world: World, kind: str) -> None:
    world.do(holds.put, BRUNO, kind, "the migration", timedelta(hours=5))
    assert minute(world, hours=4, minutes=59) == []
    assert [to for to, _ in minute(world, minutes=1)] == ["devops", BRUNO.user]
    assert world.ask(lambda tx: tx.holds.find()) == []
    assert minute(world, minutes=1) == []


def test_a_freeze_without_an_end_is_meant_and_nobody_is_reminded(world: World) -> None:
    world.do(holds.put, BRUNO, "freeze", "the audit")
    assert minute(world, days=2) == []


def test_keeping_a_lock_gives_it_an_end(world: World) -> None:
    ref = lock(world)
    minute(world, hours=3)
    world.do(holds.keep, BRUNO, ref)
    assert minute(world, hours=23) == []
    assert [to for to, _ in minute(world, hours=1)] == ["devops", BRUNO.user]


@pytest.mark.parametrize("operation", [holds.keep, holds.lift_this])
def test_a_button_of_a_lock_that_is_gone_changes_nothing(world: World, operation: Any) -> None:
    ref = lock(world)
    world.wait(minutes=1)
    world.do(holds.put, ALICE, "lock", "mine now", steal=True)
    with pytest.raises(Refusal, match="has already ended"):
        world.do(operation, BRUNO, ref)
    assert world.ask(lambda tx: tx.holds.find())[0].reason == "mine now"


def test_ending_it_from_the_reminder_takes_the_role(world: World) -> None:
    ref = lock(world)
    for operation in (holds.keep, holds.lift_this):
        with pytest.raises(Refusal, match="You may not"):
            world.do(operation, FABIO, ref)
    world.do(holds.lift_this, ALICE, ref)
    assert world.ask(lambda tx: tx.holds.find()) == []


def test_taking_a_lock_over_tells_its_owner_and_takes_a_reason(world: World) -> None:
    lock(world)
    with pytest.raises(Refusal, match=r"by <@U02BRUNO>: the migration\. .*--steal"):
        world.do(holds.put, ALICE, "lock", "release")
    with pytest.raises(Refusal, match="A reason is required"):
        world.do(holds.put, ALICE, "lock", " ", steal=True)
    world.do(holds.put, ALICE, "lock", "release", steal=True)
    assert [to for to, text in told(world) if "took over" in text] == [BRUNO.user]
    hold = world.ask(lambda tx: tx.holds.find())[0]
    assert (hold.owner, hold.reason) == (ALICE.user, "release")


def test_taking_over_ones_own_lock_only_changes_its_reason(world: World) -> None:
    lock(world)
    world.do(holds.put, BRUNO, "lock", "another reason", steal=True)
    assert [text for to, text in told(world) if to == BRUNO.user] == []
