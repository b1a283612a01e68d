"""Rotations: who is on call when, also where clocks change."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from domain_world import bundled
from hypothesis import given
from hypothesis import strategies as st
from test_team_file import GOOD, problems, written

from bot.people.rotation import Rotation, Shift, instant_of, on_call, turn_at, turns_from
from bot.people.team_file import read_team

PEOPLE = ("alice", "bruno", "elisa")


def rotation(**more: Any) -> Rotation:
    given = {"role": "devops", "people": PEOPLE, "since": "2026-11-02", "zone": "America/Sao_Paulo"}
    return Rotation.model_validate(given | more)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "person"),
    [
        ("2026-11-02T11:59", None),
        ("2026-11-02T12:00", "alice"),
        ("2026-11-09T11:59", "alice"),
        ("2026-11-09T12:00", "bruno"),
        ("2026-11-16T12:00", "elisa"),
        ("2026-11-23T12:00", "alice"),
        ("2030-01-01T00:00", "alice"),
    ],
)
def test_the_people_take_turns_week_by_week(when: str, person: str | None) -> None:
    found = on_call(rotation(), at(when))
    assert (found.person if found else None) == person


def test_a_turn_may_last_two_weeks() -> None:
    found = turns_from(rotation(weeks=2), at("2026-11-20T00:00"), 2)
    assert [(each.person, each.starts) for each in found] == [
        ("bruno", at("2026-11-16T12:00")), ("elisa", at("2026-11-30T12:00")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "hands_over", "since", "week", "expected"),
    [
        ("America/New_York", "sun 01:30", "2026-10-25", 1, "2026-11-01T05:30"),  # comes twice: the first
        ("America/New_York", "sun 02:30", "2026-03-01", 1, "2026-03-08T07:30"),  # is skipped: counted from before it
        ("America/Santiago", "sun 00:30", "2027-08-29", 1, "2027-09-05T04:30"),  # is skipped at midnight
        ("America/New_York", "mon 09:00", "2026-10-26", 1, "2026-11-02T14:00"),  # the clock moved on the day before
    ],
)
def test_it_is_handed_over_once_by_the_local_clock(
    zone: str, hands_over: str, since: str, week: int, expected: str
) -> None:
    made = rotation(zone=zone, hands_over=hands_over, since=since)
    instant = made.hand_over(week)
    assert instant == at(expected)
    before, after = turn_at(made, instant - timedelta(seconds=1)), turn_at(made, instant)
    assert before
    assert after
    assert (before.person, before.ends, after.person) == ("alice", instant, "bruno")


@given(st.integers(0, 4000), st.sampled_from(["America/New_York", "America/Santiago", "Australia/Lord_Howe"]))
def test_there_is_always_exactly_one_turn(hours: int, zone: str) -> None:
    made = rotation(zone=zone, hands_over="sun 02:00", since="2026-03-01")
    moment = made.hand_over(0) + timedelta(hours=hours * 3)
    turn = turn_at(made, moment)
    assert turn
    assert turn.starts <= moment < turn.ends
    assert made.people[(moment - made.hand_over(0)).days // 7 % 3] in (turn.person, *_neighbours(made, turn))


def _neighbours(made: Rotation, turn: Shift) -> tuple[str, str]:
    """Whose turns come before and after: an hour's change of the clock moves its end by no more."""
    place = made.people.index(turn.person)
    return made.people[place - 1], made.people[(place + 1) % 3]


def test_who_covers_has_it_for_as_long_as_is_said() -> None:
    covers = [{"person": "elisa", "from": "2026-11-05 09:00", "until": "2026-11-06 09:00"}]
    made = rotation(overrides=covers)
    found = on_call(made, at("2026-11-05T12:00"))
    assert found == Shift("elisa", at("2026-11-05T12:00"), at("2026-11-06T12:00"), "alice")
    assert on_call(made, at("2026-11-06T12:00")) == turn_at(made, at("2026-11-06T12:00"))


def test_of_two_who_cover_the_one_named_last_has_it() -> None:
    first, last = (Shift(who, at("2026-11-05T00:00"), at("2026-11-06T00:00")) for who in ("bruno", "elisa"))
    found = on_call(rotation(), at("2026-11-05T12:00"), [first, last])
    assert found
    assert found.person == "elisa"


def test_a_local_time_that_comes_twice_is_the_first() -> None:
    twice = datetime(2026, 11, 1, 1, 30)  # noqa: DTZ001
    assert instant_of(twice, ZoneInfo("America/New_York")) == at("2026-11-01T05:30")


LINE = "rotations:\n  primary: {role: devops, people: [alice], since: 2026-11-02, zone: America/Sao_Paulo"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            LINE.replace("[alice]", "[alic]"),
            "rotations.primary.people[0]: puts alic on call, who is not in people; did",
        ),
        (LINE.replace("11-02", "11-03"), "rotations.primary.since: 2026-11-03 is a tue, and hands over on mon"),
        (
            LINE.replace("America/Sao_Paulo", "Sao_Paulo"),
            "rotations.primary.zone: 'Sao_Paulo' is wrong: write a time z",
        ),
        (LINE + ", hands_over: monday 9", "rotations.primary.hands_over: 'monday 9' is wrong: write a day and a time"),
        (LINE + ", overrides: [{person: bob, from: 2026-12-02 09:00, until: 2026-12-01 09:00}]", "puts bob on call"),
        (LINE + ", overrides: [{person: alice, from: 2026-12-02 09:00, until: 2026-12-01 09:00}]", "ends before"),
        (
            LINE + ", overrides: [{person: alice, from: tomorrow, until: 2026-12-01 09:00}]",
            "write a day and a time such",
        ),
        (LINE.replace("2026-11-02", "02/11/2026"), "rotations.primary.since: '02/11/2026' is wrong: write a day such"),
        (LINE + ", peopel: []", "rotations.primary.peopel: 'peopel' is not a field here; did you mean 'people'?"),
    ],
)
def test_what_is_wrong_with_a_rotation_is_said_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    found = problems(tmp_path, f"{GOOD}{text}}}\n")
    assert any(each.startswith("team.yml:8: ") and problem in each for each in found), found


def test_a_rotation_of_a_role_that_nobody_knows_is_strange(tmp_path: Path) -> None:
    found = read_team(written(tmp_path, f"{GOOD}{LINE.replace('devops', 'devop')}}}\n"), bundled().runbook)
    assert "'devop' is not a role of the runbook; did you mean 'devops'?" in str(found.strange[0])
