"""When legal clocks are due, by real calendars."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from domain_world import bundled
from hypothesis import given
from hypothesis import strategies as st

from bot.legal.calendar import business_days, calendar_words, due_at
from bot.runbook.sections.legal import Calendar, Clock, Doubled, Legal

PAULO = ZoneInfo("America/Sao_Paulo")
NOTICE = Clock(id="notice", text="Notify", source="art. 6", business_days=3, doubles=True)
COMPLEMENT = Clock(id="complement", text="Complement", source="art. 6", business_days=20)
HOURS = Clock(id="hours", text="Notivisa", source="art. 8", within="72h")


def legal(**calendar: object) -> Legal:
    return Legal(
        title="Law",
        source="LGPD",
        reminded=(),
        deciders=(),
        clocks=(NOTICE,),
        calendar=Calendar.model_validate(calendar),
    )


def due(known: str, clock: Clock = NOTICE, law: Legal | None = None) -> str:
    start = datetime.fromisoformat(known).replace(tzinfo=PAULO).astimezone(UTC)
    return f"{due_at(start, clock, law or legal(), PAULO).astimezone(PAULO):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ("2026-11-19 14:30", "Wed 2026-11-25 23:59"),  # the 20th is national, and a Friday
        ("2026-11-23 00:00", "Thu 2026-11-26 23:59"),
        ("2026-11-23 23:59", "Thu 2026-11-26 23:59"),
        ("2026-11-28 03:00", "Wed 2026-12-02 23:59"),  # a Saturday
        ("2026-12-23 10:00", "Tue 2026-12-29 23:59"),  # Christmas is a Friday
        ("2026-12-30 10:00", "Tue 2027-01-05 23:59"),
        ("2027-02-05 10:00", "Wed 2027-02-10 23:59"),  # Carnival (8 and 9 February) counts
        ("2027-03-25 10:00", "Wed 2027-03-31 23:59"),  # Good Friday does not
        ("2027-05-26 10:00", "Mon 2027-05-31 23:59"),  # Corpus Christi (27 May) counts
        ("2027-04-20 10:00", "Mon 2027-04-26 23:59"),  # Tiradentes
    ],
)
def test_three_business_days_by_the_national_calendar(known: str, expected: str) -> None:
    assert due(known) == expected


def test_the_team_s_day_counts_and_not_that_of_utc() -> None:
    assert due("2026-11-23 22:30") == "Thu 2026-11-26 23:59"


def test_twenty_business_days_go_over_the_turn_of_the_year() -> None:
    assert due("2026-12-01 10:00", COMPLEMENT) == "Wed 2026-12-30 23:59"


def test_hours_go_on_over_nights_and_holidays() -> None:
    assert due("2026-12-24 18:15", HOURS) == "Sun 2026-12-27 18:15"


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        ({"subdivision": "SP"}, "Mon 2027-07-12 23:59"),  # 9 July is a holiday of São Paulo's state
        ({}, "Fri 2027-07-09 23:59"),
        ({"holidays": ["2027-07-07"]}, "Mon 2027-07-12 23:59"),
        ({"subdivision": "SP", "business_days": ["2027-07-09"]}, "Fri 2027-07-09 23:59"),
    ],
)
def test_the_runbook_adds_days_and_takes_days_away(calendar: dict[str, object], expected: str) -> None:
    assert due("2027-07-06 10:00", law=legal(**calendar)) == expected


def test_a_small_agent_has_twice_the_time_once_somebody_decided_so() -> None:
    law = legal().model_copy(update={"doubled": Doubled(by="Dr. Ana", on=date(2026, 1, 5), reason="Res. 2/2022")})
    assert due("2026-11-23 10:00", law=law) == "Tue 2026-12-01 23:59"
    assert due("2026-11-23 10:00", HOURS, law=law) == "Thu 2026-11-26 10:00"


@given(st.dates(date(2024, 1, 1), date(2031, 1, 1)), st.times())
def test_a_clock_ends_on_a_business_day_after_as_many_of_them(day: date, at: time) -> None:
    is_business_day, known = business_days(Calendar()), datetime.combine(day, at, PAULO)
    last = due_at(known, NOTICE, legal(), PAULO).date()
    days = [known.date() + timedelta(days=n) for n in range(1, (last - known.date()).days + 1)]
    assert is_business_day(last)
    assert sum(map(is_business_day, days)) == 3


@pytest.mark.parametrize("wrong", [{"country": "XX"}, {"subdivision": "Paris"}])
def test_a_calendar_that_nobody_knows_is_no_runbook(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="does not know"):
        Calendar.model_validate(wrong)


def test_the_calendar_is_said() -> None:
    words = calendar_words(Calendar(subdivision="SP", holidays=(date(2026, 12, 24),)))
    assert "BR-SP (1 day of the runbook)" in words
    assert "Carnival" in words


@pytest.mark.parametrize(("device", "asked"), [(False, 0), (True, 3)])
def test_anvisa_s_clocks_run_for_medical_devices_only(device: bool, asked: int) -> None:
    law = bundled().runbook.legal
    assert law
    found = law.model_copy(update={"medical_device": device}).applying()
    assert sum("ANVISA" in each.source for each in found) == asked


def test_an_operator_alone_tells_its_controllers_and_nobody_else() -> None:
    law = bundled().runbook.legal
    assert law
    assert [each.id for each in law.model_copy(update={"acts_as": ("operator",)}).applying()] == ["tell_controllers"]


def test_every_clock_of_the_runbook_has_its_source_and_portuguese_words() -> None:
    law = bundled().runbook.legal
    assert law
    assert [each.id for each in law.clocks if not (each.source and each.pt)] == []
