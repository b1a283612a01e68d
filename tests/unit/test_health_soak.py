"""A soak is a row of good looks over a time: one bad look starts it anew, a breaking threshold ends it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from domain_world import NOON, bundled, runbook
from hypothesis import given
from hypothesis import strategies as st

from bot.health.soak import Row
from bot.integrations.prometheus.client import Prometheus
from bot.integrations.statuspage.client import StatusCache
from bot.kinds import KINDS
from bot.masking import Masker
from bot.runbook.sections.soak import Soak
from bot.runs.model import Run, RunState, StepRecord
from bot.runs.outcome import Context, Done, Failed, Outcome, Undecided
from bot.steps import health
from bot.steps.health import HealthCheckStep
from bot.tools import Tools

FIVE = Soak(good=5, over=timedelta(minutes=3), every=timedelta(seconds=20))
OK, BAD = 200, 500
CHECKS = [{"id": "overall", "text": "Overall", "url": "https://api.example.com/health"}]
MONITORING = bundled().runbook.monitoring
assert MONITORING


class Practice:
    """A service that answers the statuses one after another (the last for ever), metrics likewise, and a clock."""

    def __init__(self, statuses: Sequence[int], errors: Sequence[float | None]) -> None:
        self.statuses, self.errors, self.now_at, self.said = list(statuses), list(errors), NOON, list[str]()

    def now(self) -> Any:
        return self.now_at

    async def sleep(self, seconds: float) -> None:
        self.now_at += timedelta(seconds=seconds)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "p.test":
            value = self.errors.pop(0) if len(self.errors) > 1 else self.errors[0]
            result = [] if value is None else [{"metric": {}, "value": [NOON.timestamp(), str(value)]}]
            return httpx.Response(200, json={"data": {"resultType": "vector", "result": result}})
        return httpx.Response(self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0])


def soaked(*statuses: int, errors: Sequence[float | None] = (), soak: Soak = FIVE, timeout: str = "6m") -> Outcome:
    return soaking(Practice(statuses, errors), soak, timeout)


def soaking(practice: Practice, soak: Soak = FIVE, timeout: str = "6m") -> Outcome:
    if practice.errors:
        soak = soak.model_copy(update={"metrics": ("error_rate",)})
    loaded = runbook(
        {"id": "work", "title": "Work", "phases": [{"id": "a", "title": "A", "steps": [{"id": "x", "text": "X"}]}]},
        health=[{"id": "api", "title": "API", "checks": CHECKS}],
    )
    book = loaded.runbook.model_copy(update={"monitoring": MONITORING})
    step = HealthCheckStep.model_validate(
        {"id": "soak", "text": "Soak", "kind": "health.check", "groups": ["api"], "soak": soak, "timeout": timeout}
    )
    record = StepRecord(1, "soak", "a", 0)
    run = Run(1, "work", KINDS["deploy"], RunState.ACTIVE, "v", "Deploy", "U1", NOON)

    async def main() -> Outcome:
        async with httpx.AsyncClient(transport=httpx.MockTransport(practice.answer)) as client:
            prometheus = Prometheus(client, base_url="https://p.test", now=lambda: NOON) if practice.errors else None
            tools = Tools(
                client,
                practice,
                Masker([]),
                StatusCache(client),
                clients={Prometheus: prometheus},
                sleep=practice.sleep,
            )
            context = Context(
                run, record, book, book.procedure("work"), {}, tools, Path("."), practice.said.append
            )  # fmt: skip
            return await health.run(step, context)

    return asyncio.run(main())


def test_good_looks_in_a_row_over_the_whole_time_are_a_success() -> None:
    practice = Practice([OK], [])
    outcome = soaking(practice)
    assert isinstance(outcome, Done)
    assert outcome.found.startswith("10 passing checks in a row over 3 min")
    assert practice.now_at - NOON == timedelta(minutes=3)
    assert practice.said[:2] == ["1 of 5 passing, 3 min left", "2 of 5 passing, 2 min 40 s left"]


def test_one_bad_look_starts_the_row_anew() -> None:
    practice = Practice([OK, OK, OK, BAD, OK], [])
    outcome = soaking(practice)
    assert isinstance(outcome, Done)
    assert practice.now_at - NOON == timedelta(minutes=3, seconds=80)
    assert (outcome.detail["looks"], outcome.detail["bad"]) == (14, 1)


def test_it_gives_up_when_no_whole_row_fits_any_more() -> None:
    practice = Practice([BAD], [])
    outcome = soaking(practice)
    assert isinstance(outcome, Failed)
    assert "Overall: answered 500" in outcome.found
    assert timedelta(minutes=2) < practice.now_at - NOON < timedelta(minutes=3)


def test_a_service_that_flaps_is_never_good() -> None:
    assert isinstance(soaked(*[OK, OK, OK, BAD] * 10), Failed)


def test_a_threshold_that_breaks_ends_it_at_once() -> None:
    practice = Practice([OK], [0.2, 0.2, 7.0])
    outcome = soaking(practice)
    assert isinstance(outcome, Failed)
    assert outcome.found == "A threshold was breached: Error Rate 7% breaks error_rate > 5% (critical)"
    assert practice.now_at - NOON == timedelta(seconds=40)


def test_what_was_broken_before_has_to_recover() -> None:
    assert isinstance(soaked(OK, errors=[9.0, 7.0, 6.0, 0.5]), Done)
    assert isinstance(soaked(OK, errors=[9.0]), Failed)


def test_what_recovered_and_breaks_again_ends_it() -> None:
    assert isinstance(soaked(OK, errors=[9.0, 0.5, 9.0, 0.5]), Failed)


def test_a_warning_counts_when_the_runbook_says_so() -> None:
    assert isinstance(soaked(OK, errors=[0.2, 2.0]), Done)
    assert isinstance(soaked(OK, errors=[0.2, 2.0], soak=FIVE.model_copy(update={"level": "warning"})), Failed)


def test_without_data_a_person_decides() -> None:
    outcome = soaked(OK, errors=[None])
    assert isinstance(outcome, Undecided)
    assert "Error Rate: no data" in outcome.found


def test_metrics_that_cannot_be_read_are_named() -> None:
    outcome = soaked(OK, soak=FIVE.model_copy(update={"metrics": ("error_rate",)}))
    assert isinstance(outcome, Done)
    assert "PROMETHEUS_URL is not set" in outcome.found


@pytest.mark.parametrize(("good", "over", "looks"), [(1, 0, 1), (3, 0, 3), (3, 100, 6), (9, 60, 9)])
def test_both_the_count_and_the_time_must_be_reached(good: int, over: int, looks: int) -> None:
    soak = Soak(good=good, over=timedelta(seconds=over), every=timedelta(seconds=20))
    outcome = soaked(OK, soak=soak, timeout="10m")
    assert outcome.detail["looks"] == looks


@given(st.lists(st.booleans(), max_size=60))
def test_a_full_row_is_the_end_of_what_was_seen(looks: list[bool]) -> None:
    row = Row()
    for number, good in enumerate(looks):
        row = row.after(NOON + number * FIVE.every, good=good)
    now = NOON + (len(looks) - 1) * FIVE.every
    if row.full(FIVE, now):
        assert all(looks[-row.good :])
        assert row.good >= 5
    assert row.fits(FIVE, now, now + timedelta(hours=1))


def test_so_many_bad_looks_in_a_row_end_it_at_once() -> None:
    watch = FIVE.model_copy(update={"bad": 2})
    assert isinstance(soaked(OK, BAD, OK, BAD, OK, soak=watch, timeout="20m"), Done)
    outcome = soaked(OK, OK, BAD, BAD, OK, soak=watch, timeout="20m")
    assert isinstance(outcome, Failed)
    assert outcome.found.startswith("2 checks in a row failed: ")
    assert outcome.detail["looks"] == 4
