"""The gate of a pin, and what it offers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.deploys.gates.pins import newest_good
from bot.integrations.vercel.model import Deployment
from bot.integrations.vercel.rules import newer
from bot.production.inputs.deploy import Facts

NOON = datetime(2026, 11, 23, 15, tzinfo=UTC)


def built(number: int, **more: Any) -> Deployment:
    made = {"target": "production", "readyState": "READY", "readySubstate": "PROMOTED", **more}
    return Deployment.model_validate({"id": f"dpl_{number}", "createdAt": NOON + timedelta(hours=number), **made})


@pytest.mark.parametrize(
    ("deployments", "expected"),
    [
        ([built(1), built(2), built(3)], ["dpl_3", "dpl_2"]),
        ([built(0), built(1)], []),
        ([built(1), built(2, readySubstate="STAGED"), built(3, readyState="ERROR"), built(4, target=None)], []),
        ([built(2)], []),
    ],
)
def test_newer_is_what_was_live_after_the_pinned_one(deployments: list[Deployment], expected: list[str]) -> None:
    assert [each.id for each in newer(deployments, "dpl_1")] == expected


def brief(number: int) -> dict[str, str]:
    return {"id": f"dpl_{number}", "sha": "", "message": ""}


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ({}, {"api": brief(3)}),
        ({"dpl_3": "healthy"}, {"api": brief(3)}),
        ({"dpl_3": "unhealthy"}, {"api": brief(2)}),
        ({"dpl_3": "unhealthy", "dpl_2": "unhealthy"}, {}),
    ],
)
def test_what_was_seen_unhealthy_is_not_offered(verdicts: dict[str, str], expected: dict[str, Any]) -> None:
    facts = Facts(NOON.isoformat(), newer={"api": [brief(3), brief(2)]})
    assert newest_good(facts, verdicts) == expected
