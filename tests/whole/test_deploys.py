"""/deploy: asked for by one person, approved by another, run step by step; what fails asks."""

import asyncio
import re

import pytest

from bot.runs.model import RunState, StepState
from whole.runbooks import short_runbook
from whole.workspace import Card, Workspace

LIVE = "Deploy"


@pytest.fixture
def short(loop: asyncio.Runner, workspace: Workspace) -> Workspace:
    """The workspace with a deploy of few steps."""
    path = workspace.world.directory / "short.yml"
    path.write_text(short_runbook(), "utf-8")
    loop.run(workspace.restart(NEONOPS_RUNBOOK=str(path)))
    return workspace


@pytest.fixture
def migrating(loop: asyncio.Runner, workspace: Workspace) -> Workspace:
    """The same, and the migrations are run."""
    path = workspace.world.directory / "migrating.yml"
    path.write_text(short_runbook("migrate"), "utf-8")
    loop.run(workspace.restart(NEONOPS_RUNBOOK=str(path)))
    return workspace


def _moves(workspace: Workspace) -> list[str]:
    return [each.kind for each in workspace.neonpro.mutations]


async def test_a_deploy_runs_to_its_end(short: Workspace) -> None:
    live = await short.approve_deploy("api main")
    await live.shows("👉 *Test critical user flows*", 30)
    assert _moves(short) == ["create", "promote"]
    await live.tick("Test critical user flows", by=short.bruno)
    await live.shows("🟢 *done*")
    after = Card(short, "devops", ": post-deploy")
    await after.shows("Monitor error rates")
    await after.tick("Monitor error rates", by=short.bruno)
    await after.shows("✅ Monitor error rates")
    assert (await short.run()).state is RunState.DONE
    assert await short.read(lambda tx: tx.locks.holder("production")) is None


async def test_production_that_somebody_moves_meanwhile_is_asked_about_and_not_verified(short: Workspace) -> None:
    before = short.neonpro.vercel.live("neonpro-api").id
    await (await short.approve_deploy("api main")).shows("👉 *Test critical user flows*", 30)
    live = Card(short, "devops", LIVE, without=": post-deploy")
    short.neonpro.vercel.move("rollback", "neonpro-api", before)
    await short.until(lambda: short.neonpro.vercel.live("neonpro-api").id == before)
    await live.tick("Test critical user flows", by=short.bruno)
    await live.shows(f"Production of API is {before}, not", 30)
    assert "It is live" not in live.text
    await live.press("Ask Vercel again", by=short.bruno)
    await live.shows("It is live", 30)
    assert _moves(short) == ["create", "promote", "rollback", "promote"]


async def test_both_services_go_one_after_the_other(workspace: Workspace) -> None:
    live = await workspace.approve_deploy("all main")
    await live.shows("👉 *Test critical user flows*", 30)
    assert _moves(workspace) == ["create", "promote", "create", "promote"]
    assert [m.project for m in workspace.neonpro.mutations] == ["neonpro-api"] * 2 + ["neonpro-web"] * 2


async def test_the_requester_does_not_approve(short: Workspace) -> None:
    card = await short.ask_deploy("api main", by=short.alice)
    await card.tick_all(by=short.bruno)
    await card.press("Approve and start", by=short.alice)
    await short.alice.sees("another person must approve it")
    assert (await short.run()).state is RunState.WAITING


@pytest.mark.parametrize("name", ["bruno", "elisa", "fabio"])
async def test_who_may_not_approve_does_not(short: Workspace, name: str) -> None:
    card = await short.ask_deploy("api main", by=short.alice)
    await card.tick_all(by=short.bruno)
    person = getattr(short, name)
    await card.press("Approve and start", by=person)
    await person.sees("You may not approve a deploy")
    assert (await short.run()).state is RunState.WAITING


async def test_who_may_not_deploy_does_not_ask(short: Workspace) -> None:
    assert "You may not deploy" in await short.fabio.types("/deploy api main")
    assert await short.read(lambda tx: tx.runs.find()) == []


async def test_an_open_item_holds_the_approval_up(short: Workspace) -> None:
    card = await short.ask_deploy("api main")
    await short.settled()
    await card.press("Approve and start", by=short.alice)
    assert "All code changes reviewed" in await short.alice.sees("The checklist is not complete")
    assert (await short.run()).state is RunState.WAITING


async def test_asking_by_form(short: Workspace) -> None:
    await short.bruno.types("/deploy")
    assert (await short.bruno.submits(target="api", ref="main")).ok
    await Card(short, "devops", "Deploy API from main").appears()


async def test_waiting_holds_no_environment(short: Workspace) -> None:
    await short.ask_deploy("api main")
    assert await short.read(lambda tx: tx.locks.holder("production")) is None


async def test_two_deploys_one_environment(short: Workspace) -> None:
    short.neonpro.vercel.build_seconds = 30.0
    first = await short.approve_deploy("api main")
    await first.shows("Deploy to Vercel", 20)
    second = await short.ask_deploy("web main")
    await second.tick_all(by=short.bruno)
    await second.press("Approve and start", by=short.alice)
    await second.shows("is in progress")
    states = await short.read(lambda tx: [run.state for run in tx.runs.find(order="id")])
    assert states == [RunState.ACTIVE, RunState.WAITING]


async def test_two_approvals_at_once_start_one_run_once(short: Workspace) -> None:
    card = await short.ask_deploy("api main")
    await card.tick_all(by=short.bruno)
    short.slack.faults.duplicate_interactions = True
    seen = card.message
    await asyncio.gather(*(card.press("Approve and start", by=short.alice, seen=seen) for _ in range(2)))
    live = Card(short, "devops", LIVE, without=": pre-")
    await live.shows("👉 *Test critical user flows*", 30)
    assert _moves(short) == ["create", "promote"]
    assert len(await short.events("run.started")) == 1


async def test_a_failed_build_can_be_retried(short: Workspace) -> None:
    short.neonpro.switches.local_build_fails = True
    live = await short.approve_deploy()
    await live.shows("⚠️ *Verify local build* failed", 20)
    short.neonpro.switches.local_build_fails = False
    await live.press("Retry", "Verify local build", by=short.bruno)
    await live.shows("👉 *Test critical user flows*", 30)
    assert (await short.step("build")).attempt == 2


async def test_a_failed_build_can_be_skipped_with_a_reason(short: Workspace) -> None:
    short.neonpro.switches.local_build_fails = True
    live = await short.approve_deploy()
    await live.press("Skip…", "Verify local build", by=short.bruno)
    short.neonpro.switches.local_build_fails = False
    assert (await short.bruno.submits(item="Verify local build", reason="Built in CI")).ok
    await live.shows("👉 *Test critical user flows*", 30)
    record = await short.step("build")
    assert (record.state, record.reason) == (StepState.SKIPPED, "Built in CI")


async def test_a_failed_build_can_be_given_up(short: Workspace) -> None:
    short.neonpro.switches.local_build_fails = True
    live = await short.approve_deploy()
    await live.shows("[Abort]", 20)
    await live.press("Abort", by=short.bruno)
    await live.shows("🔴 *aborted*")
    assert _moves(short) == []
    assert await short.read(lambda tx: tx.locks.holder("production")) is None


async def test_the_first_answer_to_a_failure_wins(short: Workspace) -> None:
    short.neonpro.switches.local_build_fails = True
    live = await short.approve_deploy()
    await live.shows("[Retry]", 20)
    seen = live.message
    await live.press("Abort", by=short.bruno, seen=seen)
    await live.press("Retry", "Verify local build", by=short.alice, seen=seen)
    await short.alice.sees("Nothing was changed")
    assert (await short.run()).state is RunState.ABORTED


async def test_a_deployment_that_is_not_built_never_goes_live(short: Workspace) -> None:
    short.neonpro.switches.build_fails = True
    before = short.neonpro.vercel.live("neonpro-api").id
    live = await short.approve_deploy()
    await live.shows("⚠️ *Deploy to Vercel* failed", 30)
    assert _moves(short) == ["create"]
    assert short.neonpro.vercel.live("neonpro-api").id == before


async def test_success_is_seen_and_not_assumed(short: Workspace) -> None:
    short.neonpro.switches.alias_job = "fail"
    live = await short.approve_deploy()
    await live.shows("⚠️ *Wait until production has moved* failed", 30)
    assert "It is live and verified" not in live.text


async def test_an_output_comes_into_the_thread_on_demand(short: Workspace) -> None:
    short.neonpro.switches.local_build_fails = True
    live = await short.approve_deploy()
    await live.press("Show output", "Verify local build", by=short.elisa)
    message = live.message

    def posted() -> list[object]:
        return [m for m in short.slack.messages("devops", thread=message.ts) if m.files]

    assert len(await short.slack.wait_for(posted, 10)) == 1


async def test_the_tail_of_a_failure_comes_into_the_thread_by_itself(short: Workspace) -> None:
    short.neonpro.switches.local_build_fails = True
    live = await short.approve_deploy()
    await live.shows("[Abort]", 20)
    await short.settled()
    replies = short.slack.messages("devops", thread=live.message.ts)
    said = [m.text for m in replies if "Verify local build failed. Last lines" in m.text]
    assert len(said) == 1
    assert "exit code" in said[0]
    assert len(said[0]) <= 3000


async def test_what_vercel_printed_of_a_failed_build_comes_into_the_thread(short: Workspace) -> None:
    short.neonpro.switches.build_fails = True
    live = await short.approve_deploy()
    await live.shows("⚠️ *Deploy to Vercel* failed", 30)
    await short.settled()
    replies = short.slack.messages("devops", thread=live.message.ts)
    assert any("Deploy to Vercel failed. Last lines" in m.text for m in replies)


async def test_the_full_log_is_a_file_in_the_thread_also_when_it_has_ended(short: Workspace) -> None:
    short.neonpro.switches.local_build_fails = True
    live = await short.approve_deploy()
    await live.press("Abort", by=short.bruno)
    await live.shows("🔴 *aborted*")
    await live.press("Full log", by=short.elisa)
    await live.press("Full log", by=short.fabio)
    await short.fabio.sees("You may not read step output")
    await short.settled()
    files = [f for m in short.slack.messages("devops", thread=live.message.ts) for f in m.files or ()]
    assert [file["name"] for file in files] == ["run-1.log"]
    content = short.slack._core.files[files[0]["id"]]["content"].decode()
    assert "=== Phase 1: Preparation / Verify local build: failed" in content
    assert "exit code" in content


async def test_a_deploy_that_breaks_off_while_vercel_builds_goes_on(short: Workspace) -> None:
    short.neonpro.vercel.build_seconds = 1.0
    live = await short.approve_deploy()
    await short.until(lambda: "create" in _moves(short), 20)
    await short.crash()
    await short.start()
    await live.shows("👉 *Test critical user flows*", 30)
    assert _moves(short) == ["create", "promote"]


async def test_a_migration_that_breaks_off_asks_whether_it_happened(migrating: Workspace) -> None:
    migrating.neonpro.switches.tools_speed = 300
    live = await migrating.approve_deploy()
    await migrating.until(lambda: _is(migrating, "migrate", StepState.STARTED), 30)
    await migrating.crash()
    migrating.neonpro.switches.tools_speed = 0
    await migrating.start()
    await live.shows("⚠️ *Run migrations* was interrupted")
    await live.press("Mark as done", "Run migrations", by=migrating.bruno)
    await live.shows("👉 *Test critical user flows*", 30)
    assert (await migrating.step("migrate")).by == migrating.bruno.id


async def test_a_reading_step_that_breaks_off_runs_again(short: Workspace) -> None:
    short.neonpro.switches.tools_speed = 300
    live = await short.approve_deploy()
    await short.until(lambda: _is(short, "build", StepState.STARTED), 30)
    await short.crash()
    short.neonpro.switches.tools_speed = 0
    await short.start()
    await live.shows("👉 *Test critical user flows*", 30)
    assert (await short.step("build")).attempt == 2


async def test_a_waiting_deploy_is_cancelled(short: Workspace) -> None:
    card = await short.ask_deploy()
    await card.press("Cancel", by=short.bruno)
    await card.shows("⚪ *cancelled*")
    assert "Approve and start" not in card.buttons()


async def test_the_history_has_what_ran(short: Workspace) -> None:
    card = await short.ask_deploy()
    await card.press("Cancel", by=short.bruno)
    assert "cancelled" in await short.fabio.types("/deploy history")
    assert "No deploy or rollback" in await short.fabio.types("/deploy status")


async def test_the_announcement_and_the_log_say_who_what_when_and_how_it_ended(short: Workspace) -> None:
    live = await short.approve_deploy()
    await live.shows("👉 *Test critical user flows*", 30)
    ts = live.message.ts
    await live.tick("Test critical user flows", by=short.bruno)
    await live.shows("🟢 *done*", 30)
    await short.settled()
    (said,) = [m.text for m in short.slack.messages("devops") if "(run 1):" in m.text]
    assert f"Requested by <@{short.bruno.id}>, approved by <@{short.alice.id}>" in said
    assert re.search(r"Live: api → [0-9a-f]{7}\.", said)
    assert f"/p{ts.replace('.', '')}|View>" in said
    entry = await short.fabio.types("/deploy history 1")
    assert "Result: 🟢 *done, not verified*" in entry
    assert "Phase 1: Preparation: " in entry
    history = await short.fabio.types("/deploy history")
    assert "Deployment frequency: *1 successful deploy, 0.2 per week*" in history
    assert "median over" in history
    assert "Time to restore: not enough data" in history
    assert "Time to acknowledge: not enough data" in history
    assert "is not a deploy or a rollback" in await short.fabio.types("/deploy history 77")
    assert "Which run?" in await short.fabio.types("/deploy history everything")


async def _is(short: Workspace, step: str, state: StepState) -> bool:
    return (await short.step(step)).state is state
