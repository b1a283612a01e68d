"""A deploy counts as verified when it stayed healthy for a while."""

import pytest

from bot.runs.model import StepState
from whole.runbooks import short_runbook
from whole.workspace import Card, Workspace

VERIFY = "Verify deployment"


async def deploying(workspace: Workspace, *steps: str, **environ: str) -> Card:
    """A short deploy of the API with these steps of the bundled runbook more."""
    path = workspace.world.directory / "verified.yml"
    path.write_text(short_runbook(*steps), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path), **environ)
    return await workspace.approve_deploy("api main")


async def test_a_healthy_deployment_is_looked_at_until_it_was_good_in_a_row(workspace: Workspace) -> None:
    live = await deploying(workspace, "api_verify")
    await live.shows("👉 *Test critical user flows*", 30)
    record = await workspace.step("api_verify")
    assert "5 passing checks in a row" in str(record.found)
    assert "Error Rate 0.12%" in str(record.found)
    assert (record.detail["looks"], record.detail["bad"]) == (5, 0)


async def test_a_deployment_that_fails_when_live_is_not_verified(workspace: Workspace) -> None:
    workspace.neonpro.switches.next_build_bad_live = True
    live = await deploying(workspace, "api_probe", "api_verify")
    await live.shows(f"⚠️ *{VERIFY}* failed", 30)
    record = await workspace.step("api_verify")
    assert "Checks never stabilised: 5 in a row had to pass" in str(record.found)
    assert "Overall health: answered 500" in str(record.found)
    assert "Abort and roll back" in live.buttons()


async def test_the_card_says_where_the_soak_stands_and_errors_end_it(workspace: Workspace) -> None:
    soak = {"NEONPRO_SOAK_TIME": "10m", "NEONPRO_SOAK_EVERY": "0s", "NEONPRO_SOAK_TIMEOUT": "20m"}
    live = await deploying(workspace, "api_verify", **soak)
    await live.shows("5 of 5 passing, 9 min 5", 30)
    workspace.neonpro.switches.error_rate_seen = 9
    await live.shows(f"⚠️ *{VERIFY}* failed", 30)
    assert "A threshold was breached: Error Rate 9.12%" in str((await workspace.step("api_verify")).found)


async def test_a_soak_that_was_interrupted_starts_anew(workspace: Workspace) -> None:
    soak = {"NEONPRO_SOAK_TIME": "10m", "NEONPRO_SOAK_EVERY": "0s", "NEONPRO_SOAK_TIMEOUT": "20m"}
    live = await deploying(workspace, "api_verify", **soak)
    await live.shows("5 of 5 passing", 30)
    await workspace.crash()
    await workspace.start()
    await workspace.until(lambda: _attempt(workspace, 2))
    workspace.clock.forward(minutes=10)
    await live.shows("👉 *Test critical user flows*", 30)
    assert (await workspace.step("api_verify")).state is StepState.DONE


async def _attempt(workspace: Workspace, number: int) -> bool:
    record = await workspace.step("api_verify")
    return record.attempt == number and "5 of 5" in str(record.found)


PROBE = "Probe the build before it goes live"


def _moves(workspace: Workspace) -> list[str]:
    return [each.kind for each in workspace.neonpro.mutations]


async def test_a_build_is_asked_before_it_goes_live(workspace: Workspace) -> None:
    live = await deploying(workspace, "api_probe")
    await live.shows("👉 *Test critical user flows*", 30)
    record = await workspace.step("api_probe")
    assert str(record.found).startswith("4 checks healthy at its deployment URL")
    assert record.detail["deployment"] == (await workspace.step("api_deploy")).detail["deployment"]
    assert record.detail["address"] == f"{workspace.world.url}/deployments/{record.detail['deployment']}"


async def test_a_build_that_is_not_well_gets_no_traffic(workspace: Workspace) -> None:
    workspace.neonpro.switches.next_build_bad = True
    before = workspace.neonpro.vercel.live("neonpro-api").id
    live = await deploying(workspace, "api_probe")
    await live.shows(f"⚠️ *{PROBE}* failed", 30)
    found = str((await workspace.step("api_probe")).found)
    assert "failed checks at its deployment URL (it has no traffic):\nOverall health: answered 500" in found
    assert _moves(workspace) == ["create"]
    assert workspace.neonpro.vercel.live("neonpro-api").id == before


async def test_a_protected_build_is_opened_by_the_secret(workspace: Workspace) -> None:
    workspace.neonpro.switches.builds_protected = True
    live = await deploying(workspace, "api_probe")
    await live.shows("👉 *Test critical user flows*", 30)
    assert workspace.neonpro.vercel_bypass not in live.text


@pytest.mark.parametrize(
    ("secret", "sentence"),
    [
        ("", "set VERCEL_AUTOMATION_BYPASS_SECRET to the secret"),
        ("an-old-secret", "refuses VERCEL_AUTOMATION_BYPASS_SECRET"),
    ],
)
async def test_a_build_that_stays_closed_names_the_setting(workspace: Workspace, secret: str, sentence: str) -> None:
    workspace.neonpro.switches.builds_protected = True
    live = await deploying(workspace, "api_probe", VERCEL_AUTOMATION_BYPASS_SECRET=secret)
    await live.shows(f"⚠️ *{PROBE}* failed", 30)
    found = str((await workspace.step("api_probe")).found)
    assert sentence in found
    assert _moves(workspace) == ["create"]
