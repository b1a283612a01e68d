"""Recurring windows open and end by the clocks on the wall, also on the days on which clocks change."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from domain_world import BRUNO, NOON, World
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deploys.gates import judge
from bot.deploys.gates.inputs import known
from bot.holds.holds import LOCK, freeze_words, hold_words, put
from bot.kinds import KINDS
from bot.runbook.sections import Freeze
from bot.runbook.windows import instant, window_end
from bot.runs.model import Run, RunState
from bot.text import moment

SECOND = timedelta(seconds=1)


def at(text: str, zone: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


NEW_YORK, LISBON, PAULO, HOWE = "America/New_York", "Europe/Lisbon", "America/Sao_Paulo", "Australia/Lord_Howe"
WEEKEND, NIGHT = timedelta(hours=62), timedelta(hours=4)
# Crontab, length, zone, a moment on the clocks (with its fold), the end on the clocks; "" = no window is open.
CASES = [
    # Friday 18:00 to Monday 08:00, over a weekend of each kind.
    ("0 18 * * fri", WEEKEND, NEW_YORK, "2026-06-08 07:59", 0, "2026-06-08 08:00"),
    ("0 18 * * fri", WEEKEND, NEW_YORK, "2026-06-08 08:00", 0, ""),
    ("0 18 * * fri", WEEKEND, NEW_YORK, "2026-11-02 07:59", 0, "2026-11-02 08:00"),
    ("0 18 * * fri", WEEKEND, NEW_YORK, "2026-11-02 08:00", 0, ""),
    ("0 18 * * fri", WEEKEND, NEW_YORK, "2026-03-09 07:59", 0, "2026-03-09 08:00"),
    ("0 18 * * fri", WEEKEND, NEW_YORK, "2026-03-09 08:00", 0, ""),
    ("0 18 * * fri", WEEKEND, NEW_YORK, "2026-03-06 17:59", 0, ""),
    ("0 18 * * fri", WEEKEND, NEW_YORK, "2026-03-06 18:00", 0, "2026-03-09 08:00"),
    # Overnight, over the hour that is left out and the one that comes twice.
    ("0 22 * * *", timedelta(hours=9), LISBON, "2026-03-29 06:59", 0, "2026-03-29 07:00"),
    ("0 22 * * *", timedelta(hours=9), LISBON, "2026-03-29 07:00", 0, ""),
    ("0 22 * * *", timedelta(hours=9), LISBON, "2026-10-25 06:59", 0, "2026-10-25 07:00"),
    ("0 22 * * *", timedelta(hours=9), LISBON, "2026-10-25 07:00", 0, ""),
    ("0 22 * * *", timedelta(hours=9), LISBON, "2026-10-25 01:30", 1, "2026-10-25 07:00"),
    # Opens in the hour that is left out: with the offset from before it, an hour later on the new clocks.
    ("30 2 * * *", timedelta(minutes=20), NEW_YORK, "2026-03-08 03:35", 0, "2026-03-08 03:50"),
    ("30 2 * * *", timedelta(minutes=20), NEW_YORK, "2026-03-08 03:25", 0, ""),
    ("30 2 * * *", NIGHT, NEW_YORK, "2026-03-08 06:29", 0, "2026-03-08 06:30"),
    # Opens in the hour that comes twice: at the first of both.
    ("30 1 * * *", NIGHT, NEW_YORK, "2026-11-01 01:45", 0, "2026-11-01 05:30"),
    ("30 1 * * *", NIGHT, NEW_YORK, "2026-11-01 01:15", 1, "2026-11-01 05:30"),
    ("30 1 * * *", NIGHT, NEW_YORK, "2026-11-01 05:30", 0, ""),
    # Clocks went forward at midnight, by law, in São Paulo until 2018; back at midnight until 2019.
    ("0 0 * * sun", NIGHT, PAULO, "2018-11-04 01:30", 0, "2018-11-04 04:00"),
    ("0 0 * * sun", NIGHT, PAULO, "2018-11-04 04:00", 0, ""),
    ("0 22 * * sat", timedelta(hours=8), PAULO, "2019-02-16 23:30", 1, "2019-02-17 06:00"),
    ("0 22 * * sat", timedelta(hours=8), PAULO, "2019-02-17 05:59", 0, "2019-02-17 06:00"),
    ("0 2 * * sun", NIGHT, PAULO, "2026-11-22 05:59", 0, "2026-11-22 06:00"),
    # By half an hour.
    ("0 1 * * *", NIGHT, HOWE, "2026-10-04 04:59", 0, "2026-10-04 05:00"),
    ("0 1 * * *", NIGHT, HOWE, "2026-04-05 04:59", 0, "2026-04-05 05:00"),
    ("0 1 * * *", NIGHT, HOWE, "2026-04-05 05:00", 0, ""),
]  # fmt: skip


@pytest.mark.parametrize(("cron", "length", "zone", "now", "fold", "ends"), CASES)
def test_a_window_is_open_from_its_opening_to_its_end_on_the_clocks(
    cron: str, length: timedelta, zone: str, now: str, fold: int, ends: str
) -> None:
    found = window_end(cron, length, ZoneInfo(zone), at(now, zone, fold).astimezone(UTC))
    assert found == (at(ends, zone).astimezone(UTC) if ends else None)


ZONES = (NEW_YORK, LISBON, PAULO, HOWE, "America/Santiago", "Asia/Kathmandu", "UTC")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ZONES), st.dates(date(2015, 1, 5), date(2030, 1, 1)), st.integers(0, 23), st.integers(121, 1380))
def test_no_night_of_any_zone_is_without_its_window(zone: str, day: date, hour: int, minutes: int) -> None:
    clocks = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    opening, ends = instant(clocks, ZoneInfo(zone)), instant(clocks + timedelta(minutes=minutes), ZoneInfo(zone))
    for now in (opening, ends - SECOND):
        assert window_end(f"0 {hour} * * *", timedelta(minutes=minutes), ZoneInfo(zone), now) == ends


def test_of_windows_that_overlap_the_last_end_counts() -> None:
    found = window_end("0 0 * * *", timedelta(hours=36), ZoneInfo("UTC"), datetime(2026, 6, 2, 6, tzinfo=UTC))
    assert found == datetime(2026, 6, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-11-23T15:00+00:00", "Mon 23 Nov 12:00 (America/Sao_Paulo)"),
        ("2018-01-01T00:30+00:00", "Sun 31 Dec 22:30 (America/Sao_Paulo)"),
        ("2019-02-17T01:30+00:00", "Sat 16 Feb 23:30 UTC-02:00 (America/Sao_Paulo)"),
        ("2019-02-17T02:30+00:00", "Sat 16 Feb 23:30 UTC-03:00 (America/Sao_Paulo)"),
    ],
)
def test_a_moment_is_written_in_its_zone_with_the_zones_name(now: str, words: str) -> None:
    assert moment(datetime.fromisoformat(now), ZoneInfo(PAULO)) == words


def test_a_freeze_of_the_runbook_says_its_end_in_the_teams_zone(world: World) -> None:
    freeze = Freeze(id="quarter", text="Quarter end", cron="0 8 * * mon", length="12h")  # type: ignore[arg-type]
    book = world.domain.runbook.model_copy(update={"timezone": LISBON, "freezes": (freeze,)})
    world.domain = dataclasses.replace(world.domain, loaded=dataclasses.replace(world.domain.loaded, runbook=book))
    assert world.do(freeze_words) == "Quarter end (until Mon 23 Nov 17:00 (America/Sao_Paulo))."
    gates = {each.id: each.why for each in judge(world.do(known, _waiting(), world.facts()))}
    assert gates["freeze"] == world.do(freeze_words)


def _waiting() -> Run:
    return Run(0, "deploy", KINDS["deploy"], RunState.WAITING, "", "Deploy", BRUNO.user, NOON, targets=("api",))


def test_a_lock_says_its_end_in_the_teams_zone_wherever_it_is_shown(world: World) -> None:
    hold = world.do(put, BRUNO, LOCK, "shop is closed", timedelta(hours=2))
    said = world.do(hold_words, LOCK)
    assert "Since Mon 23 Nov 12:00 (America/Sao_Paulo), until Mon 23 Nov 14:00 (America/Sao_Paulo)" in said
    gates = {each.id: each.why for each in judge(world.do(known, _waiting(), world.facts()))}
    assert "(until Mon 23 Nov 14:00 (America/Sao_Paulo))" in gates["lock"]
    assert hold.expires_at == NOON + timedelta(hours=2)
