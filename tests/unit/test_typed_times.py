"""How long a hold lasts is understood or asked about: it never ends in the reason, and never lasts by accident."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refusal
from handlers.slack.parsing.time_attempts import check_options
from handlers.slack.parsing.times import read_end

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Monday, noon in São Paulo."""
PAULO = ZoneInfo("America/Sao_Paulo")


def lasts(text: str) -> tuple[float | None, str]:
    """Hours, and the reason."""
    ends = read_end(text, NOW, PAULO)
    return (round((ends.at - NOW).total_seconds() / 3600, 4) if ends.at else None), ends.rest


HOURS = [
    ("2h", 2), ("2 h", 2), ("2hr", 2), ("2hrs", 2), ("2 hours", 2), ("2 Hours", 2), ("2hours", 2), ("1.5h", 1.5),
    ("1,5h", 1.5), ("1.5 hours", 1.5), ("0.5h", 0.5), ("1h30m", 1.5), ("1h30", 1.5), ("1h 30m", 1.5),
    ("1h 30 min", 1.5),
    ("1 hour and 30 minutes", 1.5), ("1 hour, 30 minutes", 1.5), ("90m", 1.5), ("90 min", 1.5), ("90min", 1.5),
    ("90 mins", 1.5), ("90 minutes", 1.5), ("5400s", 1.5), ("5400 seconds", 1.5), ("3d", 72), ("3 days", 72),
    ("1 day", 24), ("a day", 24), ("an hour", 1), ("two hours", 2), ("Half an hour", 0.5), ("1w", 168),
    ("2 weeks", 336),
    ("1d12h", 36), ("1d 12h", 36), ("for 2h", 2), ("for 30 minutes", 0.5), ("for an hour", 1), ("2h:", 2), ("2h,", 2),
    ("2h -", 2), ("2h –", 2), ("2 hours:", 2), ("2\u00a0h", 2), ("2\u202fhours", 2), ("2\u3000h", 2), ("2\nh", 2),
    ("2\u200bh", 2), ("２h", 2), ("2 horas", 2), ("30 minutos", 0.5), ("2 dias", 48), ("2h\u200b", 2), ("2H", 2),
    ("por 2 horas", 2), ("duas horas", 2), ("uma hora", 1), ("meia hora", 0.5), ("durante 30 min", 0.5),
    ("PT2H", 2), ("pt1h30m", 1.5), ("P1D", 24), ("P1DT12H", 36), ("P2W", 336), ("PT1.5H", 1.5), ("PT90M:", 1.5),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "hours"), HOURS)
def test_a_duration_before_the_reason_is_understood(typed: str, hours: float) -> None:
    assert lasts(f"{typed} the shop moves") == (hours, "the shop moves")
    assert lasts(f" {typed}\nthe shop\nmoves ") == (hours, "the shop\nmoves")


UNTIL = [
    ("until 18:00", "2026-11-23 18:00"), ("until 18h", "2026-11-23 18:00"), ("until 18h30", "2026-11-23 18:30"),
    ("until 6pm", "2026-11-23 18:00"), ("until 6 pm", "2026-11-23 18:00"), ("until 6:30 PM", "2026-11-23 18:30"),
    ("till 18:00", "2026-11-23 18:00"), ("Until 18:00,", "2026-11-23 18:00"), ("until 11:00", "2026-11-24 11:00"),
    ("until at 18:00", "2026-11-23 18:00"), ("until noon", "2026-11-24 12:00"), ("until midnight", "2026-11-24 00:00"),
    ("until friday", "2026-11-27 00:00"), ("until Fri", "2026-11-27 00:00"), ("until monday", "2026-11-30 00:00"),
    ("until friday 18:00", "2026-11-27 18:00"), ("until friday at 6pm", "2026-11-27 18:00"),
    ("until 18:00 friday", "2026-11-27 18:00"), ("until tomorrow", "2026-11-24 00:00"),
    ("until tomorrow 9:00", "2026-11-24 09:00"), ("until today 18:00", "2026-11-23 18:00"),
    ("until 2026-12-01", "2026-12-01 00:00"), ("until 2026-12-01 09:30", "2026-12-01 09:30"),
    ("until\u00a0friday", "2026-11-27 00:00"), ("until\nfriday", "2026-11-27 00:00"),
    ("até sexta", "2026-11-27 00:00"), ("ate\u0301 18h", "2026-11-23 18:00"), ("até amanhã 9:00", "2026-11-24 09:00"),
    ("até terça-feira", "2026-11-24 00:00"), ("ate sabado 12h", "2026-11-28 12:00"),
    ("until 12am", "2026-11-24 00:00"),
    ("until 12pm", "2026-11-24 12:00"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "ends"), UNTIL)
def test_an_end_before_the_reason_is_of_the_teams_zone(typed: str, ends: str) -> None:
    found = read_end(f"{typed} the shop moves", NOW, PAULO)
    assert found.at == datetime.fromisoformat(ends).replace(tzinfo=PAULO)
    assert found.rest == "the shop moves"


ASKED = [
    "99x foo", "3 migrations run", "500 errors", "1:30 foo", "5pm foo", "½h foo", "-2h foo", "~2h foo", "(2h) foo",
    "2hx foo", "1e3h foo", "9999999999999 d foo", "10 foo", "until", "until the shop moved", "until further notice",
    "until 25:00 foo", "until 13pm foo", "until 18 foo", "until 2026-02-30 foo", "until friday morning foo",
    "tomorrow foo", "Friday foo", "next week foo", "weekend foo", "the weekend foo", "for the weekend foo",
    "all day foo",
    "this week foo", "by friday foo", "through friday foo", "over the weekend", "to monday", "half past nine",
    "[2h] foo", '"2h" foo', "*2h* foo", "_2h_ foo", "-> friday foo", "=2h foo", "duration=2h foo", "--for 2h foo",
    "--until friday foo", "in 2h foo", "within 2h", "at 5pm foo", "another 2h foo", "after two hours foo",
    "lock 2h foo",
    "a month", "a couple of hours", "few hours foo", "quarter of an hour", "eod", "amanhã foo", "sexta-feira foo",
    "18h00 foo", "until 18:00 UTC foo", "until friday 18:00 BRT foo", "500s everywhere", "503s on /health",
    "1h 90x foo", "2h until 18:00 foo", "tonight foo", "noon foo",
    "-t 2h foo", "-t2h foo", "--ttl=2h foo", "for=2h foo", "for:2h foo", "for-2h foo", "for2h foo", "until:friday foo",
    "until-friday", "until18:00 foo", "ttl 2h foo", "expires in 2h foo", "max 2h foo", "T2H foo", "P1M foo", "P1Y",
    "hours 2 foo", "hours: 2", "foo for=2h now", "foo ttl:PT2H, bar", "foo hours=2", "2h for=3h foo", "#2h foo",
    "nobody deploys 2 hours from now on", "foo –2h bar", "R/PT2H foo", "now+2h foo", "PT2H30 foo", "two-hours foo",
    "half-hour foo", "mon-fri foo", "foo (for 2 hours) bar", "foo for two hours bar", "foo, until friday, bar",
    "ends at 18:00 foo", "expires friday foo", "end of day foo", "eta 18:00 foo", "overnight",
    "until 18:00 next week foo", "foo expires:18:00 bar",
]  # fmt: skip


@pytest.mark.parametrize("typed", ASKED)
def test_what_begins_like_a_time_and_is_none_is_asked_about(typed: str) -> None:
    with pytest.raises(Refusal, match=r"looks like a time that NeonOps does not understand\. Nothing was done"):
        read_end(typed, NOW, PAULO)


@pytest.mark.parametrize(
    "typed",
    ["the shop moves for 2h", "the shop moves, 3d", "foo 90 min", "foo (2h)", "broken for two hours.",
    "foo until 18:00",
     "the shop moves until friday", "foo até sexta", "foo por 2 horas", "foo till tomorrow 9:00", "release 1h30m!",
     "the shop moves PT2H", "the shop moves -t 2h"],
)  # fmt: skip
def test_a_time_behind_the_reason_is_asked_about(typed: str) -> None:
    with pytest.raises(Refusal, match="comes after the reason"):
        read_end(typed, NOW, PAULO)


@pytest.mark.parametrize(
    "typed", ["0h foo", "0m", "0 days foo", "400d foo", "999999d foo", "999999999h", "53 weeks foo"]
)
def test_nothing_and_more_than_a_year_are_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="more than zero and at most a year"):
        read_end(typed, NOW, PAULO)


@pytest.mark.parametrize("typed", ["until 2026-11-22 foo", "until today 11:00 foo", "until 2029-01-01 foo"])
def test_an_end_that_does_not_lie_ahead_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="is not in the future"):
        read_end(typed, NOW, PAULO)


REASONS = [
    "", "the shop moves", "for maintenance", "for ever", "do not deploy until QA has signed", "a release is out",
    "a second database is broken", "this is a test", "by the way", "all is broken", "to be sure", "broken since 18:00",
    "because 3 migrations run", "Release v1.2.3", "p1 is open", "host2 is down", "forty-two errors", "hold on",
    "an incident is open", "#7 is open", "over lunch", "one broken node", "in short: wait", "a couple of nodes fail",
    "P2 is open", "PT-BR texts move", "day 2 of the migration", "week 48", "as400 is down", "a for-profit moves",
    "DEBUG is on (x=y)", "nodes-2 fails", "t3.medium is full", "a half-baked release", "one-way sync",
    "v2/api fails", "endless retries", "servers answer 500s everywhere",
]  # fmt: skip


@pytest.mark.parametrize("typed", REASONS)
def test_a_reason_alone_lasts_until_somebody_ends_it(typed: str) -> None:
    assert lasts(f" {typed} ") == (None, typed)


@pytest.mark.parametrize("typed", ["-t foo", "--ttl forever foo", "—foo", "foo –bar", "\u2010x foo", "−x", "a ---b c"])
def test_a_word_that_begins_with_a_dash_is_no_part_of_a_reason(typed: str) -> None:
    with pytest.raises(Refusal, match="looks like an option"):
        check_options(typed)


@pytest.mark.parametrize("typed", ["foo - bar", "-- foo", "web-2 fails", "orders fell -30 %", "a -> b", "foo—bar"])
def test_a_dash_between_words_is_part_of_a_reason(typed: str) -> None:
    check_options(typed)


def test_an_end_goes_by_the_clocks_over_a_change_of_them() -> None:
    saturday, zone = datetime(2026, 3, 7, 20, 0, tzinfo=UTC), ZoneInfo("America/New_York")
    assert read_end("until sunday 12:00 x", saturday, zone).at == datetime(2026, 3, 8, 16, tzinfo=UTC)
    assert read_end("24h x", saturday, zone).at == saturday + timedelta(hours=24)


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_whatever_is_typed_is_understood_or_refused_in_words(text: str) -> None:
    try:
        ends = read_end(text, NOW, PAULO)
    except Refusal:
        return
    assert ends.at is None or timedelta(0) < ends.at - NOW <= timedelta(days=367)
    assert ends.rest in text or ends.at is not None


@given(st.integers(1, 400), st.sampled_from(["m", "h", " min", " hours", "h30m"]), st.sampled_from(["", "for "]))
def test_every_number_of_minutes_and_hours_is_understood(count: int, unit: str, before: str) -> None:
    minutes = {"m": count, " min": count, "h": 60 * count, " hours": 60 * count, "h30m": 60 * count + 30}[unit]
    assert read_end(f"{before}{count}{unit} x", NOW, PAULO).at == NOW + timedelta(minutes=minutes)
