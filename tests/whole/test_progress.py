"""What runs says where it stands, before it ends."""

from whole.test_deploys import short  # noqa: F401 - the fixture
from whole.workspace import Workspace


async def test_the_last_line_of_a_command_shows_while_it_runs(short: Workspace) -> None:  # noqa: F811
    short.neonpro.switches.tools_hang = True
    live = await short.approve_deploy("api main")
    await live.shows("⏳ Verify local build")
    said = await short.until(lambda: _found(short, "build"))
    await live.shows(said)


async def test_a_build_says_how_long_it_takes(short: Workspace) -> None:  # noqa: F811
    short.neonpro.vercel.build_seconds = 3.0
    live = await short.approve_deploy("api main")
    await live.shows("building for 0 s", 20)
    await live.shows("👉 *Test critical user flows*", 30)
    assert str((await short.step("api_deploy")).found).endswith(" s)")
    assert "not live" not in live.text


async def _found(workspace: Workspace, step_id: str) -> str | None:
    return (await workspace.step(step_id)).found


async def test_a_phase_over_its_budget_is_said_in_the_channel_also_after_a_restart(short: Workspace) -> None:  # noqa: F811
    short.neonpro.switches.tools_hang = True
    live = await short.approve_deploy("api main")
    await live.shows("⏳ Verify local build")
    await short.stop()
    short.clock.forward(minutes=16)
    await short.start()
    said = "Phase 1: Preparation is over its budget of 15 min, and *Verify local build*"
    await short.slack.wait_for(lambda: [m for m in short.slack.messages("devops") if said in m.text], 20)
    await live.shows("*over budget*")
    assert len(await short.events("timer.budget")) == 1
