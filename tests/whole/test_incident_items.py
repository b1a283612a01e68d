"""Every line of the runbook's incidents in Slack: what the bot does at a click, and what people tick."""

import pytest

from bot.runs.model import StepRecord, StepState
from whole.workspace import Card, Workspace

LOOKS = (
    ("p2", "service_health", "Check specific service health"),
    ("p2", "restoration", "Verify feature restoration"),
    ("p3", "third_parties", "Monitor third-party API performance"),
    ("data-loss", "integrity", "Verify data integrity post-recovery"),
)
FIGURES = (
    ("p2", "dashboards", "Check monitoring dashboards"),
    ("p2", "error_rates", "Monitor error rates"),
    ("p3", "metrics", "Review performance metrics"),
)


async def _looked(workspace: Workspace, step: str) -> StepRecord:
    async def found() -> StepRecord | None:
        record = await workspace.step(step)
        return record if record.found and record.state is not StepState.STARTED else None

    return await workspace.until(found)  # type: ignore[no-any-return]


@pytest.mark.parametrize(("severity", "step", "item"), LOOKS)
async def test_the_bot_looks_at_a_click_and_shows_what_it_found(
    workspace: Workspace, severity: str, step: str, item: str
) -> None:
    room = await workspace.declare(f"{severity} Checkout is slow", by=workspace.bruno)
    if (await workspace.step(step)).found is None:
        await room.card.press("Run", item, by=workspace.bruno)
    record = await _looked(workspace, step)
    assert record.found
    assert record.found.splitlines()[0] in await room.card.all()


@pytest.mark.parametrize(("severity", "step", "item"), FIGURES)
async def test_dashboards_show_their_figures_and_a_person_ticks(
    workspace: Workspace, severity: str, step: str, item: str
) -> None:
    await workspace.restart(PROMETHEUS_URL=workspace.environ["PROMETHEUS_URL"])
    room = await workspace.declare(f"{severity} Checkout is slow")
    await room.card.press("Run", item, by=workspace.bruno)
    assert "Error Rate 0.12%" in str((await _looked(workspace, step)).found)
    await room.card.tick(item, by=workspace.bruno)
    await room.card.shows(f"✅ {item}")


async def test_the_disaster_recovery_plan_is_started_and_its_end_ticks_the_item(workspace: Workspace) -> None:
    room = await workspace.declare("outage The whole system is down")
    await room.card.press("Start: Disaster recovery", by=workspace.bruno)
    plan = Card(workspace, room.id, "Disaster recovery")
    await plan.appears()
    await plan.tick_all(by=workspace.bruno)
    await room.card.shows("✅ Activate Disaster Recovery Plan")


async def test_the_recovery_of_lost_data_is_asked_for_from_its_item(workspace: Workspace) -> None:
    room = await workspace.declare("data-loss Rows of the agenda are gone", by=workspace.bruno)
    await room.card.press("Start: Database rollback", by=workspace.bruno)
    await workspace.until(lambda: workspace.read(lambda tx: tx.runs.find(parent_step="recovery", parent_run=1)))
    assert (await workspace.step("recovery")).state is StepState.STARTED
