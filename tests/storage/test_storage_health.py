"""Answers of health checks, counted by the hour."""

from datetime import UTC, datetime, timedelta

from storage_world import NOON, Opened

from bot.ports.health import HealthHour, HealthResult


def test_answers_are_counted_by_hour_check_and_state(opened: Opened) -> None:
    at = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    for state, when in (("healthy", at), ("healthy", at - timedelta(minutes=59)), ("unhealthy", at), ("slow", NOON)):
        opened.write(lambda tx, state=state, when=when: tx.health.add(HealthResult(0, when, "api", "a", "A", state)))  # type: ignore[misc]
    found = opened.read(lambda tx: tx.health.hours(at - timedelta(hours=1)))
    hour = datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert sorted(found, key=lambda each: each.state) == [
        HealthHour(hour, "a", "healthy", 2),
        HealthHour(hour, "a", "unhealthy", 1),
    ]
