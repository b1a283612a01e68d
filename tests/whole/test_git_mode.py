"""Where Vercel's Git integration builds what is merged, the bot finds that build and asks for none of its own."""

from bot.runs.model import StepState
from sandbox.neonpro.vercel.deployments import Deployment
from whole.test_verification import deploying
from whole.workspace import Card, Workspace

DEPLOY = "Deploy to Vercel"


async def merged(workspace: Workspace, *steps: str, within: str = "5m") -> Card:
    """A deploy of the API, in an installation where the merge builds."""
    return await deploying(workspace, *steps, NEONPRO_BUILDS_FROM="git", NEONPRO_MERGE_WITHIN=within)


def merge(workspace: Workspace) -> Deployment:
    return workspace.neonpro.vercel.merge("neonpro-api")


def moves(workspace: Workspace) -> list[str]:
    return [each.kind for each in workspace.neonpro.mutations]


async def test_the_build_of_the_merge_is_found_and_goes_live_by_itself(workspace: Workspace) -> None:
    before = workspace.neonpro.vercel.live("neonpro-api").id
    live = await merged(workspace, "api_probe")
    await live.shows("waiting for the deployment of", 20)
    made = merge(workspace)
    await live.shows("👉 *Test critical user flows*", 30)
    assert (await workspace.step("api_deploy")).detail["deployment"] == made.id
    assert workspace.neonpro.vercel.live("neonpro-api").id == made.id
    assert "create" not in moves(workspace)
    assert (await workspace.step("api_promote")).detail["before"] == before


async def test_what_is_live_already_is_fine_and_can_still_be_rolled_back(workspace: Workspace) -> None:
    before = workspace.neonpro.vercel.live("neonpro-api").id
    made = merge(workspace)
    await workspace.until(lambda: workspace.neonpro.vercel.live("neonpro-api").id == made.id)
    live = await merged(workspace, "api_probe")
    await live.shows("👉 *Test critical user flows*", 30)
    assert moves(workspace) == ["merge"]
    promote = await workspace.step("api_promote")
    assert (promote.state, promote.detail["state"]) == (StepState.DONE, "already_current")
    assert promote.detail["before"] == before
    assert (await workspace.step("api_live")).detail["deployment"] == made.id


async def test_at_a_pin_the_build_of_the_merge_is_promoted(workspace: Workspace) -> None:
    workspace.neonpro.switches.alias_job = "fail"
    made = merge(workspace)
    await workspace.until(lambda: workspace.neonpro.vercel.deployment(made.id).passed_over)
    workspace.neonpro.switches.alias_job = "work"
    live = await merged(workspace)
    await live.shows("👉 *Test critical user flows*", 30)
    assert moves(workspace) == ["merge", "promote"]
    assert workspace.neonpro.vercel.live("neonpro-api").id == made.id


async def test_a_merge_that_does_not_build_is_said_and_builds_nothing_else(workspace: Workspace) -> None:
    workspace.neonpro.switches.build_fails = True
    merge(workspace)
    live = await merged(workspace)
    await live.shows(f"⚠️ *{DEPLOY}* failed", 30)
    assert "was not built" in str((await workspace.step("api_deploy")).found)
    assert moves(workspace) == ["merge"]


async def test_a_build_that_only_says_that_it_is_the_commit_is_not_the_merge(workspace: Workspace) -> None:
    vercel = workspace.neonpro.vercel
    sha = vercel.commits[-1].sha
    vercel.create({"project": "neonpro-api", "target": "production", "files": [{"file": "x"}],
                   "autoAssignCustomDomains": False, "meta": {"githubCommitSha": sha}})  # fmt: skip
    live = await merged(workspace, within="1s")
    await live.shows(f"⚠️ *{DEPLOY}* failed", 30)
    assert f"Vercel has no production deployment of {sha[:7]}" in str((await workspace.step("api_deploy")).found)


async def test_a_merge_that_never_came_is_said_in_one_sentence(workspace: Workspace) -> None:
    live = await merged(workspace, within="1s")
    await live.shows(f"⚠️ *{DEPLOY}* failed", 30)
    found = str((await workspace.step("api_deploy")).found)
    assert "Vercel has no production deployment of" in found
    assert "merged into the production branch of neonpro-api" in found
    assert moves(workspace) == []
