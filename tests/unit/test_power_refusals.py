"""Refusals in the timeline: the first of a person's hour one by one, the rest as a number."""

from datetime import timedelta
from typing import Any

import pytest
from domain_world import BRUNO, FABIO, NOON, World, WorldClock, WorldDatabase

from bot.domain.transactions import Transactions
from bot.errors import Refusal
from bot.people import Actor
from bot.ports import DatabaseAway
from bot.power.refusals import FIRST, OPERATIONS, counted, hour_of, record, tell_hours
from bot.timeline import Event
from bot.timeline.wording import event_words
from handlers.slack.interaction.refusal_log import RefusalLog
from handlers.slack.interaction.requests import Attempt

WHY = Refusal("You may not.")


def refuse(
    world: World, actor: Actor = FABIO, operation: str = "step.tick", times: int = 1, run: int | None = None
) -> None:
    for _ in range(times):
        world.do(record, actor, run, "click", operation, WHY)


def events(world: World) -> list[Event]:
    return world.ask(lambda tx: tx.timeline.after(0, 1000))


@pytest.mark.parametrize("known", [True, False])
def test_a_refused_click_leaves_its_trace(world: World, known: bool) -> None:
    run = world.declare().run_id if known else 4711
    refuse(world, run=run)
    event = events(world)[-1]
    assert (event.kind, event.actor, event.run_id) == ("click.refused", FABIO.user, run if known else None)
    assert event.data == {"operation": "step.tick", "why": "You may not."}


def test_beyond_the_first_of_an_hour_they_are_counted_once_it_is_over(world: World) -> None:
    refuse(world, times=50)
    refuse(world, operation="run.cancel", times=7)
    assert len(events(world)) == FIRST
    world.do(tell_hours, world.now)
    assert len(events(world)) == FIRST
    world.wait(hours=1)
    for _ in range(2):
        world.do(tell_hours, world.now)
    (last,) = events(world)[FIRST:]
    assert (last.kind, last.actor, last.data["count"]) == ("refusals.counted", FABIO.user, 57)
    assert event_words(last).startswith("was refused 57 times in the hour from 2026-11-23T15:00 (step.tick: 50 and run")
    assert world.faults() == []


def test_everybody_and_every_hour_has_first_ones(world: World) -> None:
    refuse(world, times=5)
    refuse(world, BRUNO, times=5)
    world.wait(hours=1)
    refuse(world, times=5)
    assert [event.actor for event in events(world)] == [FABIO.user] * 3 + [BRUNO.user] * 3 + [FABIO.user] * 3


def test_a_few_are_not_told_twice(world: World) -> None:
    refuse(world, times=FIRST)
    world.wait(hours=1)
    world.do(tell_hours, world.now)
    assert len(events(world)) == FIRST
    assert world.ask(lambda tx: tx.refused.find()) == []


def test_no_more_deeds_are_counted_by_name_than_a_sentence_holds(world: World) -> None:
    deeds: dict[str, Any] = {f"operation{number}": 1 for number in range(100)}
    row = world.ask(lambda tx: counted(tx, FABIO, hour_of(NOON), deeds))
    assert (row.count, len(row.deeds)) == (100, OPERATIONS + 1)


def test_an_hour_begins_at_its_full_minute() -> None:
    assert hour_of(NOON + timedelta(minutes=59, seconds=59)) == NOON


async def test_what_cannot_be_written_at_once_is_counted_when_the_database_is_back(world: World) -> None:
    database = WorldDatabase(world)
    log = RefusalLog(Transactions(world.domain, database), WorldClock(world))
    database.away = True
    for number in range(5):
        await log.note(FABIO, Attempt("click", "step.tick", f"{number}"), WHY)
    with pytest.raises(DatabaseAway):
        await log.sweep()
    database.away = False
    for _ in range(2):
        await log.sweep()
    (row,) = world.ask(lambda tx: tx.refused.find())
    assert (row.user, row.count, row.deeds) == (FABIO.user, 5, {"step.tick": 5})
