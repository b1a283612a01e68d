"""Duties by the crontab: each scheduled instant once, by one replica, in one transaction."""

from datetime import UTC, datetime, timedelta

import pytest
from domain_world import NOON, World, WorldClock, WorldDatabase

from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.duties.schedule import schedule
from bot.duties.ticks import Duty, Ticks, last_instant
from bot.people import ROBOT
from bot.ports import Tx


def noted(domain: Domain, tx: Tx, instant: datetime) -> None:
    tx.timeline.record("note.added", ROBOT, None, text=instant.isoformat())


def replica(world: World, *duties: Duty) -> Ticks:
    return Ticks(Transactions(world.domain, WorldDatabase(world)), WorldClock(world), duties)  # type: ignore[arg-type]


def notes(world: World) -> list[str]:
    return [e.data["text"] for e in world.ask(lambda tx: tx.timeline.after(0, 1000)) if e.kind == "note.added"]


BACK = datetime(2026, 11, 1, 6, tzinfo=UTC)
"""02:00 becomes 01:00 in New York."""
HOURLY = Duty("hourly", "0 * * * *", noted)
CAUGHT_UP = Duty("nightly", "0 3 * * *", noted, zone="America/Sao_Paulo", missed=timedelta(hours=12))


async def test_nothing_ticks_before_its_instant(world: World) -> None:
    ticks = replica(world, HOURLY)
    world.wait(minutes=59)
    await ticks.sweep()
    assert notes(world) == []


async def test_a_tick_bears_its_scheduled_instant_and_not_the_time_of_the_look(world: World) -> None:
    ticks = replica(world, HOURLY)
    world.wait(hours=1, seconds=4)
    await ticks.sweep()
    await ticks.sweep()
    assert notes(world) == ["2026-11-23T16:00:00+00:00"]


async def test_one_of_several_replicas_does_it(world: World) -> None:
    replicas = [replica(world, HOURLY) for _ in range(3)]
    world.wait(hours=1)
    for each in replicas:
        await each.sweep()
    assert len(notes(world)) == 1


async def test_a_restart_within_the_instant_does_not_repeat_it(world: World) -> None:
    nightly = Duty("n", "0 16 * * *", noted, missed=timedelta(hours=1))
    ticks = replica(world, nightly)
    world.wait(hours=1)
    await ticks.sweep()
    await replica(world, nightly).sweep()
    assert len(notes(world)) == 1


async def test_what_was_missed_is_done_once_at_start_when_the_duty_says_so(world: World) -> None:
    ticks = replica(world, CAUGHT_UP, HOURLY)
    await ticks.sweep()
    await ticks.sweep()
    assert notes(world) == ["2026-11-23T06:00:00+00:00"]


async def test_of_many_that_passed_together_the_last_is_done(world: World) -> None:
    ticks = replica(world, HOURLY)
    world.wait(hours=30)
    await ticks.sweep()
    assert notes(world) == ["2026-11-24T21:00:00+00:00"]


async def test_a_database_that_is_away_is_asked_again(world: World) -> None:
    database = WorldDatabase(world)
    ticks = Ticks(Transactions(world.domain, database), WorldClock(world), [HOURLY])
    world.wait(hours=1)
    database.away = True
    await ticks.sweep()
    database.away = False
    await ticks.sweep()
    assert len(notes(world)) == 1


async def test_a_defect_in_one_duty_keeps_no_other_from_being_done(world: World) -> None:
    def broken(domain: Domain, tx: Tx, instant: datetime) -> None:
        raise ZeroDivisionError

    ticks = replica(world, Duty("broken", "0 * * * *", broken), HOURLY)
    world.wait(hours=1)
    await ticks.sweep()
    assert len(notes(world)) == 1


@pytest.mark.parametrize(
    ("cron", "zone", "until", "expected"),
    [
        ("0 * * * *", "UTC", NOON, NOON),
        ("0 * * * *", "UTC", NOON - timedelta(seconds=1), NOON - timedelta(hours=1)),
        ("0 9 * * mon", "America/Sao_Paulo", NOON, datetime(2026, 11, 23, 12, tzinfo=UTC)),
        ("0 9 * * tue", "America/Sao_Paulo", NOON, None),
        # The clocks go back in New York: 01:30 comes twice.
        ("30 1 * * *", "America/New_York", BACK + timedelta(hours=2), BACK + timedelta(minutes=30)),
        ("30 1 * * *", "America/New_York", BACK, BACK - timedelta(minutes=30)),
    ],
)  # fmt: skip
def test_the_last_instant(cron: str, zone: str, until: datetime, expected: datetime | None) -> None:
    duty = Duty("any", cron, noted, zone=zone)
    assert last_instant(duty, until - timedelta(days=1), until) == expected


async def test_the_bot_forgets_what_nothing_asks_for(world: World) -> None:
    world.ask(lambda tx: tx.claims.claim("old"))
    ticks = replica(world, *schedule(world.domain))
    world.wait(days=4)
    await ticks.sweep()
    assert world.ask(lambda tx: tx.claims.claim("old"))
