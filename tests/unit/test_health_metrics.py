"""Metrics are judged by the runbook's thresholds; what is not known is never healthy."""

import pytest
from domain_world import bundled

from bot.health.metrics import Level, Verdict, judge
from bot.integrations.prometheus.client import Reading, no_data

MONITORING = bundled().runbook.monitoring
NONE = no_data("no data")


def verdict(**values: float | None) -> Verdict:
    assert MONITORING
    return judge(MONITORING, {name: NONE if value is None else Reading(value) for name, value in values.items()})


@pytest.mark.parametrize(
    ("metric", "value", "state"),
    [
        ("error_rate", 0.0, "healthy"),
        ("error_rate", 1.0, "healthy"),
        ("error_rate", 1.01, "warning"),
        ("error_rate", 5.0, "warning"),
        ("error_rate", 5.01, "critical"),
        ("error_rate", None, "unknown"),
        ("response_time_p95", float("inf"), "critical"),
        ("availability", 98.9, "critical"),
        ("availability", 99.0, "healthy"),
        ("memory_usage", 75, "warning"),
    ],
)
def test_a_metric_is_as_bad_as_the_gravest_threshold_it_breaks(metric: str, value: float | None, state: str) -> None:
    assert [each.state for each in verdict(**{metric: value}).judged] == [state]


@pytest.mark.parametrize(
    ("values", "level", "answer"),
    [
        ({"error_rate": 0.1, "response_time_p95": 300}, "warning", "good"),
        ({"error_rate": 2.0, "response_time_p95": 300}, "warning", "broken"),
        ({"error_rate": 2.0, "response_time_p95": 300}, "critical", "good"),
        ({"error_rate": 9.0, "response_time_p95": None}, "critical", "broken"),
        ({"error_rate": 0.1, "response_time_p95": None}, "critical", "unknown"),
        ({"error_rate": 2.0, "response_time_p95": None}, "critical", "unknown"),
        ({}, "critical", "unknown"),
    ],
)
def test_no_data_is_not_good(values: dict[str, float | None], level: Level, answer: str) -> None:
    assert verdict(**values).at(level) == answer


def test_what_is_wrong_is_said_first() -> None:
    said = verdict(cpu_usage=20, memory_usage=None, error_rate=7.25, response_time_p95=2400).words
    assert said.splitlines() == [
        "Error Rate 7.25% breaks error_rate > 5% (critical)",
        "Response Time 2400 ms breaks response_time_p95 > 2000ms (warning)",
        "Memory Usage: no data",
        "CPU Usage 20% (target < 70% of allocated)",
    ]
