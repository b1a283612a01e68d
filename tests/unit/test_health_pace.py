"""Healthy is said only of what answered, as it should, in the time that the runbook allows."""

from datetime import timedelta
from typing import Any

import pytest
from domain_world import NOON, bundled

from bot.health.checks import Report
from bot.health.response_times import judged
from bot.integrations.statuspage.client import VendorStatus
from bot.ports import HealthResult
from bot.runbook.sections import Metric, Monitoring
from handlers.slack.health.card import health_card, verdict

MONITORING = bundled().runbook.monitoring


def result(state: str = "healthy", ms: int | None = 100, **more: Any) -> HealthResult:
    return HealthResult(0, NOON, "api", "alive", "Answers", state, ms, **more)


def report(*states: str, vendors: str = "", **more: Any) -> Report:
    groups = (("API", tuple(result(state) for state in states)),) if states else ()
    pages = tuple(("Vercel", VendorStatus("v", each, "words", NOON)) for each in vendors.split())  # type: ignore[arg-type]
    return Report(groups, pages, **more)


@pytest.mark.parametrize(
    ("state", "ms", "becomes"),
    [
        ("healthy", None, "healthy"), ("healthy", 0, "healthy"), ("healthy", 2000, "healthy"),
        ("healthy", 2001, "slow"), ("healthy", 2500, "slow"), ("healthy", 5000, "slow"), ("healthy", 5001, "unhealthy"),
        ("unhealthy", 9000, "unhealthy"), ("unknown", None, "unknown"),
    ],
)  # fmt: skip
def test_an_answer_is_judged_by_the_alert_thresholds(state: str, ms: int | None, becomes: str) -> None:
    assert judged(result(state, ms), MONITORING).state == becomes


def test_without_thresholds_no_answer_is_slow() -> None:
    assert judged(result(ms=60_000), None).state == "healthy"


def own(unit: str, above: float, groups: tuple[str, ...] | None) -> Monitoring:
    metric = Metric(id="latency", text="Latency", target="fast", unit=unit, groups=groups)
    limit = {"metric": "latency", "above": above, "unit": unit, "level": "warning", "text": "latency"}
    words = dict.fromkeys(("title", "metrics_heading", "thresholds_heading", "dashboards_heading"), "X")
    return Monitoring.model_validate({**words, "metrics": [metric], "thresholds": [limit], "dashboards": []})


@pytest.mark.parametrize(
    ("unit", "above", "groups", "state"),
    [
        ("s", 0.5, None, "slow"), ("s", 2, None, "healthy"), ("ms", 500, ("api",), "slow"),
        ("ms", 500, ("database",), "healthy"), ("ms", 500, (), "healthy"), ("%", 5, None, "healthy"),
    ],
)  # fmt: skip
def test_a_threshold_judges_its_groups_in_its_unit(
    unit: str, above: float, groups: tuple[str, ...] | None, state: str
) -> None:
    assert judged(result(ms=900), own(unit, above, groups)).state == state


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (report("healthy", "healthy", everything=True), "All healthy"),
        (report("healthy", vendors="none", everything=True), "All healthy"),
        (report(vendors="none none"), "All healthy"),
        (report("healthy", "slow"), "1 check is slow"),
        (report("slow", "unhealthy", "unknown"), "1 check failing, 1 unknown, 1 check is slow"),
        (report("healthy", vendors="maintenance"), "Vercel degraded"),
        (report("healthy", vendors="unknown"), "no answer from Vercel"),
        (report(vendors="none", everything=True), "The runbook has no health checks"),
        (report(everything=True), "The runbook has no health checks"),
        (report(), "Nothing was checked"),
    ],
)
def test_all_healthy_is_said_only_when_all_was_asked_and_well(found: Report, words: str) -> None:
    assert verdict(found) == words
    assert health_card(found, ("U1",), NOON, ["all"]).blocks[0]["text"]["text"].startswith("🟢") == (
        words == "All healthy"
    )


def test_each_answer_says_when_it_was_asked() -> None:
    kept = VendorStatus("v", "none", "fine", NOON - timedelta(seconds=45))
    card = health_card(Report((("API", (result(),)),), (("Vercel", kept),)), ("U1",), NOON, ["all"])
    for text in (card.text, str(card.blocks)):
        assert f"<!date^{int(NOON.timestamp()) - 45}^{{time_secs}}" in text
        assert text.count(f"<!date^{int(NOON.timestamp())}^{{time_secs}}") >= 1
