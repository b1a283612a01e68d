"""/deploy: asked for by one person, approved by another, run step by step; what fails asks."""

import asyncio

import pytest

from bot.runs.model import RunState, StepState
from whole.workspace import Card, Workspace

LIVE = "Deploy"


def _moves(workspace: Workspace) -> list[str]:
    return [each.kind for each in workspace.neonpro.mutations]


async def test_a_deploy_runs_to_its_end(workspace: Workspace) -> None:
    live = await workspace.approve_deploy("api main")
    await live.shows("👉 *Test critical user flows*", 30)
    assert _moves(workspace) == ["create", "promote"]
    await live.tick("Test critical user flows", by=workspace.bruno)
    await live.tick("Check monitoring dashboards", by=workspace.bruno)
    await live.shows("🟢 *done*")
    after = Card(workspace, "devops", "afterwards")
    await after.shows("Monitor error rates")
    await after.tick("Monitor error rates", by=workspace.bruno)
    await after.shows("✅ Monitor error rates")
    assert (await workspace.run()).state is RunState.DONE
    assert await workspace.read(lambda tx: tx.locks.holder("production")) is None


async def test_both_services_go_one_after_the_other(workspace: Workspace) -> None:
    live = await workspace.approve_deploy("all main")
    await live.shows("👉 *Test critical user flows*", 30)
    assert _moves(workspace) == ["create", "promote", "create", "promote"]
    assert [m.project for m in workspace.neonpro.mutations] == ["neonpro-api"] * 2 + ["neonpro-web"] * 2


async def test_the_requester_does_not_approve(workspace: Workspace) -> None:
    card = await workspace.ask_deploy("api main", by=workspace.alice)
    await card.tick_all(by=workspace.bruno)
    await card.press("Approve and start", by=workspace.alice)
    await workspace.alice.sees("somebody else has to approve it")
    assert (await workspace.run()).state is RunState.WAITING


@pytest.mark.parametrize("name", ["bruno", "elisa", "fabio"])
async def test_who_may_not_approve_does_not(workspace: Workspace, name: str) -> None:
    card = await workspace.ask_deploy("api main", by=workspace.alice)
    await card.tick_all(by=workspace.bruno)
    person = getattr(workspace, name)
    await card.press("Approve and start", by=person)
    await person.sees("You may not approve a deploy")
    assert (await workspace.run()).state is RunState.WAITING


async def test_who_may_not_deploy_does_not_ask(workspace: Workspace) -> None:
    assert "You may not deploy" in await workspace.fabio.types("/deploy api main")
    assert await workspace.read(lambda tx: tx.runs.find()) == []


async def test_an_open_item_holds_the_approval_up(workspace: Workspace) -> None:
    card = await workspace.ask_deploy("api main")
    await workspace.settled()
    await card.press("Approve and start", by=workspace.alice)
    assert "All code changes reviewed" in await workspace.alice.sees("The checklist is not finished")
    assert (await workspace.run()).state is RunState.WAITING


async def test_asking_by_form(workspace: Workspace) -> None:
    await workspace.bruno.types("/deploy")
    assert (await workspace.bruno.submits(target="api", ref="main")).ok
    await Card(workspace, "devops", "Deploy API from main").appears()


async def test_waiting_holds_no_environment(workspace: Workspace) -> None:
    await workspace.ask_deploy("api main")
    assert await workspace.read(lambda tx: tx.locks.holder("production")) is None


async def test_two_deploys_one_environment(workspace: Workspace) -> None:
    workspace.neonpro.switches.build_slow = True
    first = await workspace.approve_deploy("api main")
    await first.shows("Deploy to Vercel", 20)
    second = await workspace.ask_deploy("web main")
    await second.tick_all(by=workspace.bruno)
    await second.press("Approve and start", by=workspace.alice)
    await second.shows("has production")
    states = await workspace.read(lambda tx: [run.state for run in tx.runs.find(order="id")])
    assert states == [RunState.ACTIVE, RunState.WAITING]


async def test_two_approvals_at_once_start_one_run_once(workspace: Workspace) -> None:
    card = await workspace.ask_deploy("api main")
    await card.tick_all(by=workspace.bruno)
    workspace.slack.faults.duplicate_interactions = True
    seen = card.message
    await asyncio.gather(*(card.press("Approve and start", by=workspace.alice, seen=seen) for _ in range(2)))
    live = Card(workspace, "devops", LIVE, without="before it starts")
    await live.shows("👉 *Test critical user flows*", 30)
    assert _moves(workspace) == ["create", "promote"]
    assert len(await workspace.events("run.started")) == 1


async def test_a_failed_build_can_be_retried(workspace: Workspace) -> None:
    workspace.neonpro.switches.local_build_fails = True
    live = await workspace.approve_deploy()
    await live.shows("⚠️ *Verify local build* failed", 20)
    workspace.neonpro.switches.local_build_fails = False
    await live.press("Retry", "Verify local build", by=workspace.bruno)
    await live.shows("👉 *Test critical user flows*", 30)
    assert (await workspace.step("build")).attempt == 2


async def test_a_failed_build_can_be_skipped_with_a_reason(workspace: Workspace) -> None:
    workspace.neonpro.switches.local_build_fails = True
    live = await workspace.approve_deploy()
    await live.press("Skip…", "Verify local build", by=workspace.bruno)
    workspace.neonpro.switches.local_build_fails = False
    assert (await workspace.bruno.submits(item="Verify local build", reason="Built in CI")).ok
    await live.shows("👉 *Test critical user flows*", 30)
    record = await workspace.step("build")
    assert (record.state, record.reason) == (StepState.SKIPPED, "Built in CI")


async def test_a_failed_build_can_be_given_up(workspace: Workspace) -> None:
    workspace.neonpro.switches.local_build_fails = True
    live = await workspace.approve_deploy()
    await live.shows("[Abort]", 20)
    await live.press("Abort", by=workspace.bruno)
    await live.shows("🔴 *aborted*")
    assert _moves(workspace) == []
    assert await workspace.read(lambda tx: tx.locks.holder("production")) is None


async def test_the_first_answer_to_a_failure_wins(workspace: Workspace) -> None:
    workspace.neonpro.switches.local_build_fails = True
    live = await workspace.approve_deploy()
    await live.shows("[Retry]", 20)
    seen = live.message
    await live.press("Abort", by=workspace.bruno, seen=seen)
    await live.press("Retry", "Verify local build", by=workspace.alice, seen=seen)
    await workspace.alice.sees("Nothing was changed")
    assert (await workspace.run()).state is RunState.ABORTED


async def test_a_deployment_that_is_not_built_never_goes_live(workspace: Workspace) -> None:
    workspace.neonpro.switches.build_fails = True
    before = workspace.neonpro.vercel.live("neonpro-api").id
    live = await workspace.approve_deploy()
    await live.shows("⚠️ *Deploy to Vercel* failed", 30)
    assert _moves(workspace) == ["create"]
    assert workspace.neonpro.vercel.live("neonpro-api").id == before


async def test_a_lost_answer_of_vercel_creates_one_deployment(workspace: Workspace) -> None:
    workspace.neonpro.switches.create_answer = "lost"
    live = await workspace.approve_deploy()
    await live.shows("Deploy to Vercel* was interrupted", 30)
    assert _moves(workspace) == ["create"]


async def test_success_is_seen_and_not_assumed(workspace: Workspace) -> None:
    workspace.neonpro.switches.alias_job = "fail"
    live = await workspace.approve_deploy()
    await live.shows("⚠️ *Wait until production has moved* failed", 30)
    assert "It is live and verified" not in live.text


async def test_an_output_comes_into_the_thread_on_demand(workspace: Workspace) -> None:
    workspace.neonpro.switches.local_build_fails = True
    live = await workspace.approve_deploy()
    await live.press("Show output", "Verify local build", by=workspace.elisa)
    message = live.message

    def posted() -> list[object]:
        return [m for m in workspace.slack.messages("devops", thread=message.ts) if m.files]

    assert len(await workspace.slack.wait_for(posted, 10)) == 1


async def test_a_deploy_that_breaks_off_while_vercel_builds_goes_on(workspace: Workspace) -> None:
    workspace.neonpro.switches.build_slow = True
    live = await workspace.approve_deploy()
    await workspace.until(lambda: "create" in _moves(workspace), 20)
    await workspace.crash()
    workspace.neonpro.switches.build_slow = False
    await workspace.start()
    await live.shows("👉 *Test critical user flows*", 30)
    assert _moves(workspace) == ["create", "promote"]


async def test_a_migration_that_breaks_off_asks_whether_it_happened(workspace: Workspace) -> None:
    workspace.neonpro.switches.tools_speed = 300
    live = await workspace.approve_deploy()
    await workspace.until(lambda: _is(workspace, "migrate", StepState.STARTED), 30)
    await workspace.crash()
    workspace.neonpro.switches.tools_speed = 0
    await workspace.start()
    await live.shows("⚠️ *Run migrations* was interrupted")
    await live.press("It was done", "Run migrations", by=workspace.bruno)
    await live.shows("👉 *Test critical user flows*", 30)
    assert (await workspace.step("migrate")).by == workspace.bruno.id


async def test_a_reading_step_that_breaks_off_runs_again(workspace: Workspace) -> None:
    workspace.neonpro.switches.tools_speed = 300
    live = await workspace.approve_deploy()
    await workspace.until(lambda: _is(workspace, "install_dependencies", StepState.STARTED), 30)
    await workspace.crash()
    workspace.neonpro.switches.tools_speed = 0
    await workspace.start()
    await live.shows("👉 *Test critical user flows*", 30)
    assert (await workspace.step("install_dependencies")).attempt == 2


async def test_a_waiting_deploy_is_cancelled(workspace: Workspace) -> None:
    card = await workspace.ask_deploy()
    await card.press("Cancel", by=workspace.bruno)
    await card.shows("⚪ *cancelled*")
    assert "Approve and start" not in card.buttons()


async def test_the_history_has_what_ran(workspace: Workspace) -> None:
    card = await workspace.ask_deploy()
    await card.press("Cancel", by=workspace.bruno)
    assert "cancelled" in await workspace.fabio.types("/deploy history")
    assert "No deploy and no rollback" in await workspace.fabio.types("/deploy status")


async def _is(workspace: Workspace, step: str, state: StepState) -> bool:
    return (await workspace.step(step)).state is state
