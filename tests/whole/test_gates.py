"""What GitHub knows of the commit, on the checklist and among the gates; and who may approve."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from torture import some

from bot.deploys.approval.approve import looked
from bot.deploys.commits.facts import look
from bot.runs.model import RunState, StepState
from whole.test_foreign_commits import git
from whole.workspace import Card, Workspace

REVIEWED, TESTED, SCANNED = "All code changes reviewed", "Automated tests passing", "Security scan completed"


async def _with_github(workspace: Workspace, **more: str) -> None:
    """The bot with a token for the practice GitHub."""
    neonpro, url = workspace.neonpro, workspace.world.url
    await workspace.restart(GITHUB_TOKEN=neonpro.github_token, GITHUB_API_URL=f"{url}/github", **more)


async def test_a_deployment_without_a_commit_says_that_the_change_is_not_known(workspace: Workspace) -> None:
    workspace.neonpro.switches.deployments_show = "no git"
    card = await workspace.ask_deploy("api main")
    await card.shows("❔ *What would change* is unknown: Vercel has no commit for what is live (dpl_")


async def test_of_an_unknown_commit_it_is_not_known_what_would_change(workspace: Workspace) -> None:
    card = await workspace.ask_deploy("api nosuch")
    await card.shows("❔ *What would change* is unknown: ")
    assert "already live" not in card.text


@pytest.mark.parametrize("ref", ["refs/heads/main", "pull/7/head", "HEAD"])
async def test_what_names_no_commit_of_its_own_is_refused_before_there_is_a_run(workspace: Workspace, ref: str) -> None:
    assert "is not a branch, tag or commit" in await workspace.bruno.types(f"/deploy web {ref}")
    assert await workspace.read(lambda tx: tx.runs.find()) == []


@pytest.fixture
def theirs(workspace: Workspace) -> Iterator[str]:
    """A commit that only a stranger's pull request has; somebody has looked at it in the checkout."""
    checkout = Path(workspace.environ["NEONOPS_WORKDIR"])
    origin = checkout.parent / "origin.git"
    sha = git(origin, "commit-tree", "main^{tree}", "-m", "theirs")
    git(origin, "update-ref", "refs/pull/7/head", sha)
    git(checkout, "fetch", "--quiet", str(origin), sha)
    yield sha
    git(origin, "update-ref", "-d", "refs/pull/7/head")


async def test_a_commit_of_a_strangers_pull_request_is_not_the_repositorys(workspace: Workspace, theirs: str) -> None:
    for ref in (theirs, theirs[:9]):
        card = await workspace.ask_deploy(f"api {ref}")
        await card.shows(f"Commit unknown: the checkout finds {ref} on no branch or tag of the repository")
        assert "Approve and start" not in card.buttons()
        await card.press("Cancel", by=workspace.bruno)


async def test_without_a_checkout_github_says_what_commit_it_is(workspace: Workspace) -> None:
    await _with_github(workspace, NEONOPS_WORKDIR="")
    newest = workspace.neonpro.vercel.commits[-1].sha
    card = await workspace.ask_deploy("api main")
    await card.shows(f"Commit `{newest[:7]}`")
    assert "Approve and start" in card.buttons()


async def test_where_the_merge_builds_git_and_github_have_to_say_the_same(workspace: Workspace) -> None:
    await _with_github(workspace, NEONPRO_BUILDS_FROM="git")
    known = workspace.neonpro.checkout
    assert known
    workspace.neonpro.checkout = replace(known, commits=known.commits[:-1])
    old, new = known.commits[-2][0][:7], known.commits[-1][0][:7]
    card = await workspace.ask_deploy("api main")
    await card.shows(f"Commit unknown: GitHub says main is {old}, the checkout's repository says {new}")
    assert "Approve and start" not in card.buttons()


async def test_a_ref_that_nobody_knows_can_be_approved_by_nobody(workspace: Workspace) -> None:
    card = await workspace.ask_deploy("api no-such-branch")
    await card.tick_all(by=workspace.bruno)
    await card.shows("⛔ Commit unknown: the repository has no branch or tag no-such-branch.")
    assert "Approve and start" not in card.buttons()
    assert "Check again" in card.buttons()


async def test_three_items_tick_themselves(workspace: Workspace) -> None:
    await _with_github(workspace)
    card = await workspace.ask_deploy("api main")
    for item in (REVIEWED, TESTED, SCANNED):
        await card.shows(f"✅ {item}")
    record = await workspace.step("reviewed")
    assert record.by == "neonops"
    assert "approved: #" in str(record.found)


async def test_without_a_token_nothing_is_asked_and_people_tick(workspace: Workspace) -> None:
    card = await workspace.ask_deploy("api main")
    await workspace.settled()
    assert workspace.neonpro.github.asked == 0
    await card.tick(REVIEWED, by=workspace.bruno)
    await card.shows(f"✅ {REVIEWED}")


@pytest.mark.parametrize(
    ("switch", "value", "item", "words"),
    some(
        [
            ("github_reviews", "missing", REVIEWED, "nobody else has approved it"),
            ("github_checks", "failing", TESTED, "failed: test"),
            ("github_checks", "pending", TESTED, "still running: test"),
            ("github_checks", "none", TESTED, "no check has reported"),
            ("github_scan", "critical", SCANNED, "1 critical alert is open"),
            ("github_scan", "forbidden", SCANNED, "cannot read code scanning"),
            ("github_api", "limited", REVIEWED, "is limiting our requests"),
        ],
        3,
    ),
)
async def test_what_is_not_good_is_shown_and_left_to_a_person(
    workspace: Workspace, switch: str, value: str, item: str, words: str
) -> None:
    workspace.neonpro.switches.set(switch, value)
    await _with_github(workspace)
    card = await workspace.ask_deploy("api main")
    await card.shows(words)
    await workspace.settled()
    assert f"✅ {item}" not in card.text
    await card.tick(item, by=workspace.bruno)
    await card.shows(f"✅ {item}")


async def test_failed_checks_are_a_gate_and_checking_again_asks_again(workspace: Workspace) -> None:
    workspace.neonpro.switches.github_checks = "failing"
    await _with_github(workspace)
    card = await workspace.ask_deploy("api main")
    await card.shows("⛔ GitHub checks: failed: test.")
    workspace.neonpro.switches.github_checks = "passing"
    await card.press("Check again", by=workspace.bruno)
    await card.lacks("⛔ GitHub's checks")
    await card.shows(f"✅ {TESTED}")


async def test_what_was_good_is_asked_again_too(workspace: Workspace) -> None:
    workspace.neonpro.switches.github_checks = "failing"
    await _with_github(workspace)
    card = await workspace.ask_deploy("api main")
    await card.shows(f"✅ {REVIEWED}")
    workspace.neonpro.switches.github_reviews = "changes"
    await card.press("Check again", by=workspace.bruno)
    await card.shows("changes requested")
    assert (await workspace.step("reviewed")).state is not StepState.DONE


async def test_a_branch_that_moved_takes_the_bots_ticks_back_and_no_others(workspace: Workspace) -> None:
    workspace.neonpro.switches.github_checks = "pending"
    await _with_github(workspace)
    card = await workspace.ask_deploy("api main")
    await card.shows("still running: test")
    await workspace.settled()
    await card.tick(TESTED, by=workspace.bruno)
    await workspace.settled()
    workspace.neonpro.switches.github_reviews = "missing"
    before = (await workspace.run()).inputs.facts.sha
    await _at_another_commit(workspace, before)
    await card.shows("nobody else has approved it")
    assert (await workspace.step("reviewed")).state is not StepState.DONE
    assert (await workspace.step("tests_passing")).by == workspace.bruno.id
    assert [e.data["step"] for e in await workspace.events("step.unticked")] == ["reviewed", "security_scan"]


async def test_a_look_is_as_old_as_its_first_question(workspace: Workspace) -> None:
    await workspace.ask_deploy("api main")
    began, run = workspace.clock.now(), await workspace.run()
    looking = asyncio.create_task(look(workspace.bot.tools, workspace.bot.domain.runbook, run))
    await asyncio.sleep(0)
    workspace.clock.forward(hours=1)
    found = await looking
    assert datetime.fromisoformat(found.at) - began < timedelta(hours=1)


async def _at_another_commit(workspace: Workspace, sha: str) -> None:
    """What a look finds after the branch has moved to the commit before."""
    run = await workspace.run()
    facts = await look(workspace.bot.tools, workspace.bot.domain.runbook, run)
    commits = [each[0] for each in workspace.neonpro.checkout.commits]  # type: ignore[union-attr]
    other = next(each for each in reversed(commits) if each != sha)
    await workspace.bot.transactions.do(looked, run.id, replace(facts, sha=other))


async def test_who_may_approve_is_mentioned_once_and_named_on_the_card(workspace: Workspace) -> None:
    card = await workspace.ask_deploy("api main")
    await workspace.settled()
    said = [m for m in workspace.slack.messages("devops") if "one of you approves it" in m.text]
    assert len(said) == 1
    assert f"<@{workspace.alice.id}>" in said[0].text
    await card.shows("⬜ Still open:")


async def test_an_item_that_is_unticked_after_the_approval_holds_the_start_back(workspace: Workspace) -> None:
    await workspace.bruno.types("/deploy lock not yet")
    card = await workspace.ask_deploy("api main")
    await card.tick_all(by=workspace.bruno)
    await card.press("Approve and start", by=workspace.alice)
    await card.shows("Approved by")
    await card.untick("Documentation updated", by=workspace.bruno)
    await workspace.bruno.types("/deploy unlock")
    await card.press("Check again", by=workspace.bruno)
    await card.shows("⬜ Still open: Documentation updated")
    await workspace.settled()
    assert (await workspace.run()).state is RunState.WAITING
    await card.tick("Documentation updated", by=workspace.bruno)
    await card.press("Check again", by=workspace.bruno)
    await Card(workspace, "devops", "Deploy API", without=": pre-").appears()


async def test_who_asked_hears_that_nobody_decided_in_time_and_the_card_says_it(workspace: Workspace) -> None:
    card = await workspace.ask_deploy("api main")
    await card.tick_all(by=workspace.bruno)
    await workspace.alice.types("/deploy freeze 9d audit")
    await card.press("Approve and start", by=workspace.alice)
    await card.shows("Once nothing blocks it")
    workspace.clock.forward(hours=25)
    assert "has expired" in await workspace.bruno.is_told("The approval of Deploy API from main")
    workspace.clock.forward(hours=25)
    assert "was cancelled: nobody approved it in time." in await workspace.bruno.is_told("was cancelled")
    await card.shows("⚪ *cancelled*: nobody approved it in time")


async def test_a_card_says_who_called_its_run_off(workspace: Workspace) -> None:
    card = await workspace.ask_deploy("api main")
    await card.press("Cancel", by=workspace.alice)
    await card.shows(f"⚪ *cancelled* by <@{workspace.alice.id}>")
