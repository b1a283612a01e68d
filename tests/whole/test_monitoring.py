"""The 24 hours after a deploy: the bot looks at the metrics on time, shows them, and tells when they are not good."""

import asyncio

import pytest

from bot.runs.model import StepState
from whole.runbooks import short_runbook
from whole.workspace import Card, Workspace, shown


@pytest.fixture
def short(loop: asyncio.Runner, workspace: Workspace) -> Workspace:
    """The workspace with a deploy of few steps, which is watched for three hours."""
    path = workspace.world.directory / "short.yml"
    path.write_text(short_runbook().replace("lasts: 24h", "lasts: 3h"), "utf-8")
    loop.run(workspace.restart(NEONOPS_RUNBOOK=str(path)))
    return workspace


async def deployed(short: Workspace) -> Card:
    """A deploy that is done; the card of what comes afterwards."""
    live = await short.approve_deploy("api main")
    await live.tick("Test critical user flows", by=short.bruno)
    await live.shows("🟢 *done*", 30)
    await short.settled()
    return Card(short, "devops", ": post-deploy")


async def later(short: Workspace, **span: float) -> None:
    short.clock.forward(**span)
    await short.bot.timers.fire_due()
    await short.settled()


def said(short: Workspace, words: str) -> list[str]:
    return [m.text for m in short.slack.messages("devops") if words in m.text]


async def test_the_figures_stand_under_the_item_and_all_good_to_the_end_ticks_it(short: Workspace) -> None:
    after = await deployed(short)
    await later(short, minutes=31)
    assert "now 0.12%, worst 0.12%; 1 of 1 checks passed (6 planned)" in after.text
    for _ in range(5):
        await later(short, minutes=30)
    record = await short.step("error_rates")
    assert (record.state, record.by) == (StepState.DONE, "neonops")
    assert len(await short.events("watch.looked")) == 6 + 3
    (closing,) = said(short, "was monitored for")
    assert "Error Rate: now 0.12%, worst 0.12%; 6 of 6 checks passed" in closing
    assert "Response Time: now 180 ms, worst 180 ms; 3 of 3 checks passed" in closing
    assert await short.timeline_is_whole()


async def test_a_broken_threshold_calls_devops_and_offers_a_rollback(short: Workspace) -> None:
    await deployed(short)
    short.neonpro.switches.error_rate_seen = 7
    await later(short, minutes=31)
    await later(short, minutes=30)
    alerts = [m for m in short.slack.messages("devops") if "breaks error_rate &gt; 5%" in shown(m)]
    assert len(alerts) == 1
    assert f"<@{short.bruno.id}>" in alerts[0].text
    button = next(a for a in alerts[0].actions() if a["text"]["text"] == "Roll back…")
    await short.slack.click("bruno", "devops", alerts[0].ts, action_id=button["action_id"], block_id=button["block_id"])
    await Card(short, "devops", "Roll back").appears()
    short.neonpro.switches.error_rate_seen = 0
    await later(short, minutes=30)
    assert len(said(short, "It is healthy again")) == 1


@pytest.mark.parametrize("switch", ["no data", "unreachable"])
async def test_no_data_is_said_and_is_not_good(short: Workspace, switch: str) -> None:
    after = await deployed(short)
    short.neonpro.switches.metrics = switch  # type: ignore[assignment]
    await later(short, minutes=31)
    assert "no data in 1 check; 0 of 1 checks passed" in after.text
    assert len(said(short, "is unknown.")) == 1


async def test_without_prometheus_our_own_checks_are_looked_at_and_it_is_said(short: Workspace) -> None:
    await short.restart(PROMETHEUS_URL="")
    await deployed(short)
    await later(short, minutes=31)
    (event,) = await short.events("watch.looked")
    assert event.data["state"] == "healthy"
    assert "PROMETHEUS_URL is not set: by NeonOps health checks, 7 of 7 checks healthy" in event.data["words"]
    short.neonpro.switches.api = "down"
    await later(short, minutes=30)
    assert len(said(short, "Error Rate 57.14% breaks")) == 1


async def test_what_was_missed_while_the_bot_was_away_is_looked_at_once(short: Workspace) -> None:
    await deployed(short)
    await short.stop()
    short.clock.forward(hours=2)
    await short.start()
    await short.bot.timers.fire_due()
    await short.settled()
    assert sorted(event.data["metric"] for event in await short.events("watch.looked")) == [
        "error_rate", "response_time_p95",
    ]  # fmt: skip


async def test_a_newer_deploy_takes_the_watch_over(short: Workspace) -> None:
    first = await deployed(short)
    await deployed(short)
    pending = await short.read(lambda tx: tx.timers.find(kind="watch", state="pending"))
    assert {timer.run_id for timer in pending} == {2}
    messages = [m for m in first.messages if "run 1" in shown(m) or "then run 2 moved production" in shown(m)]
    assert any("then run 2 moved production" in shown(m) for m in messages)
