"""The monitoring dashboards of a deploy: read from Prometheus, judged by the runbook, or left to a person."""

from typing import Any

import pytest
from torture import some

from bot.runs.model import RunState, StepState
from whole.runbooks import short_data, written
from whole.workspace import Card, Workspace

ITEM = "Check monitoring dashboards"


async def deployed(workspace: Workspace, **changes: Any) -> Card:
    """A short deploy that ends with the metrics, with these changes of that step and of the environment."""
    path = workspace.world.directory / "metrics.yml"
    settings = {name: changes.pop(name) for name in list(changes) if name.isupper()}
    path.write_text(with_metrics(**changes), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path), **settings)
    return await workspace.approve_deploy("api main")


def with_metrics(**changes: Any) -> str:
    whole = short_data()
    deploy = next(each for each in whole["procedures"] if each["id"] == "deploy")
    verification = next(each for each in deploy["phases"] if each["id"] == "verification")
    step = {"id": "dashboards", "kind": "metrics.check", "text": ITEM, "metrics": ["error_rate", "response_time_p95"]}
    verification["steps"] = [{**step, **changes}]
    return written(whole)


async def test_good_metrics_tick_the_item_and_show_their_figures(workspace: Workspace) -> None:
    live = await deployed(workspace)
    await live.shows("🟢 *done*", 30)
    record = await workspace.step("dashboards")
    assert record.found == "Error Rate 0.12% (target < 1% of requests)\nResponse Time 180 ms (target P95 < 2000ms)"
    assert record.by == "neonops"


async def test_a_broken_threshold_fails_it(workspace: Workspace) -> None:
    workspace.neonpro.switches.error_rate_seen = 7
    live = await deployed(workspace)
    await live.shows(f"⚠️ *{ITEM}* failed", 30)
    assert "Error Rate 7.12% breaks error_rate > 5% (critical)" in str((await workspace.step("dashboards")).found)


@pytest.mark.parametrize("switch", some(["no data", "no traffic", "stale", "many series", "unreachable"], 2))
async def test_what_is_not_known_is_left_to_a_person(workspace: Workspace, switch: str) -> None:
    workspace.neonpro.switches.metrics = switch  # type: ignore[assignment]
    live = await deployed(workspace)
    await live.shows(f"👉 *{ITEM}*", 30)
    assert (await workspace.step("dashboards")).state is StepState.OPEN
    workspace.neonpro.switches.metrics = "normal"
    await live.press("Run again", ITEM, by=workspace.bruno)
    await live.shows("🟢 *done*", 30)


async def test_without_prometheus_a_person_ticks_it(workspace: Workspace) -> None:
    live = await deployed(workspace, PROMETHEUS_URL="")
    await live.shows("PROMETHEUS_URL is not set, so NeonOps cannot read metrics.", 30)
    await live.tick(ITEM, by=workspace.bruno)
    await live.shows("🟢 *done*")


async def test_metrics_that_are_not_required_hold_nothing_up(workspace: Workspace) -> None:
    live = await deployed(workspace, PROMETHEUS_URL="", required=False)
    await live.shows("🟢 *done*", 30)
    assert (await workspace.run()).state is RunState.DONE
    assert (await workspace.step("dashboards")).state is StepState.FAILED
