"""GitHub: reviews, checks and code scanning of a commit, over real HTTP and by tables of cases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.errors import Broken, Denied, Limited, Missing, OutsideError, Rejected, Unreachable
from bot.integrations.github.client import GitHub
from bot.integrations.github.rules import (
    CheckRun,
    Pull,
    Review,
    Said,
    Status,
    judge_checks,
    judge_reviews,
    worst,
)
from bot.integrations.http.api import Pace
from bot.integrations.http.client import open_client
from handlers.slack.blocks.elements import sentence
from sandbox.neonpro.github.routes import github_routes
from sandbox.neonpro.github.state import GitHub as Practice
from sandbox.neonpro.switches import Switches
from sandbox.serving import serve

REPO, SHA, OTHER, NEWER = "neonpro/neonpro", "a" * 40, "b" * 40, "c" * 40
COMMITS = ((SHA, "Mend the login", "bruno@neonpro.example"), (NEWER, "Draw the icon", "alice@neonpro.example"))


@asynccontextmanager
async def practice(token: str = "ghp_right", forked: tuple[str, ...] = (), **switches: Any) -> AsyncIterator[GitHub]:
    state = Switches()
    for name, value in switches.items():
        state.set(name, value)
    github = Practice(state, lambda: COMMITS)
    github.forked = forked
    running = await serve(Starlette(routes=github_routes(github, "ghp_right")), port=0)
    try:
        async with open_client() as client:
            yield GitHub(client, base_url=f"{running.url}/github", token=token, pace=Pace(attempts=1))
    finally:
        await running.stop()


@pytest.mark.parametrize(("ref", "sha"), [("main", NEWER), (NEWER, NEWER), (SHA, SHA), (SHA[:9], SHA)])
async def test_a_branch_names_a_commit_and_so_does_the_hash_of_one_that_is_on_it(ref: str, sha: str) -> None:
    async with practice() as github:
        assert await github.commit(REPO, ref) == sha


@pytest.mark.parametrize("ref", [OTHER, OTHER[:9]])
async def test_the_commit_of_a_fork_is_none_of_the_repository(ref: str) -> None:
    async with practice(forked=(OTHER,)) as github:
        with pytest.raises(Missing, match="a branch that has bbbb"):
            await github.commit(REPO, ref)


@pytest.mark.parametrize(
    ("what", "switch", "value", "state", "words"),
    [
        ("reviews", "github_reviews", "approved", "good", "approved: #1 by reviewer-one"),
        ("reviews", "github_reviews", "missing", "bad", "nobody else has approved it"),
        ("reviews", "github_reviews", "own", "bad", "nobody else has approved it"),
        ("reviews", "github_reviews", "changes", "bad", "changes requested in #1 (reviewer-two)"),
        ("reviews", "github_reviews", "late", "bad", "commits came after the approval"),
        ("checks", "github_checks", "passing", "good", "3 checks succeeded"),
        ("checks", "github_checks", "failing", "bad", "failed: test"),
        ("checks", "github_checks", "pending", "pending", "still running: test"),
        ("checks", "github_checks", "none", "unknown", "no check has reported"),
        ("code_scanning", "github_scan", "clean", "good", "no critical alert is open"),
        ("code_scanning", "github_scan", "critical", "bad", "1 critical alert is open: #7"),
        ("code_scanning", "github_scan", "not scanned", "unknown", "was not scanned"),
        ("code_scanning", "github_scan", "off", "unknown", "is not set up"),
        ("code_scanning", "github_scan", "forbidden", "unknown", "cannot read code scanning"),
        ("reviews", "github_api", "renamed", "good", "approved"),
        ("code_scanning", "github_api", "renamed", "good", "scanned"),
    ],
)
async def test_what_github_says(what: str, switch: str, value: str, state: str, words: str) -> None:
    async with practice(**{switch: value}) as github:
        said = await getattr(github, what)(REPO, SHA)
    assert said.state == state
    assert words in said.words


@pytest.mark.parametrize(
    ("changes", "repo", "sha", "error"),
    [
        ({"token": "ghp_wrong"}, REPO, SHA, Denied),
        ({"github_api": "broken"}, REPO, SHA, Broken),
        ({"github_api": "unreachable"}, REPO, SHA, Unreachable),
        ({}, "neonpro/another", SHA, Missing),
        ({}, REPO, OTHER, Rejected),
    ],
)
async def test_what_it_cannot_say_is_an_error(
    changes: dict[str, Any], repo: str, sha: str, error: type[OutsideError]
) -> None:
    async with practice(**changes) as github:
        with pytest.raises(error) as caught:
            await github.checks(repo, sha)
    assert "ghp_" not in caught.value.sentence


async def test_a_limit_is_told_with_its_end_and_not_taken_for_a_refused_token() -> None:
    async with practice(github_api="limited") as github:
        with pytest.raises(Limited) as caught:
            await github.reviews(REPO, SHA)
    assert caught.value.retry_after is not None
    assert 1700 < caught.value.retry_after <= 1801


async def test_a_list_of_several_pages_is_read_to_its_end() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        rows = [{"context": f"{page}-{n}", "state": "success"} for n in range(100 if page < 3 else 1)]
        rows = [*rows[:-1], {"context": "last", "state": "failure"}] if page == 3 else rows
        runs: list[Any] = []
        return httpx.Response(
            200, json={"check_runs": runs} if "check-runs" in request.url.path else {"statuses": rows}
        )

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        said = await GitHub(client, base_url="https://g.test", token="t").checks(REPO, SHA)
    assert said == Said("bad", "failed: last", ("last",))


def review(state: str, who: str = "rita", sha: str = SHA, **more: Any) -> Review:
    made = {"state": state, "user": {"login": who}, "commit_id": sha, "author_association": "MEMBER"}
    return Review.model_validate({**made, **more})


PULL = Pull.model_validate({"number": 5, "user": {"login": "bruno"}, "head": {"sha": SHA}})
REVIEWS: dict[str, tuple[list[Review], str]] = {
    "approved": ([review("APPROVED")], "good"),
    "nobody looked": ([], "bad"),
    "only a comment": ([review("COMMENTED")], "bad"),
    "a comment after the approval": ([review("APPROVED"), review("COMMENTED")], "good"),
    "changes, then approved": ([review("CHANGES_REQUESTED"), review("APPROVED")], "good"),
    "approved, then changes": ([review("APPROVED"), review("CHANGES_REQUESTED")], "bad"),
    "one of two wants changes": ([review("APPROVED"), review("CHANGES_REQUESTED", "otto")], "bad"),
    "dismissed changes": (
        [review("APPROVED"), review("CHANGES_REQUESTED", "otto"), review("DISMISSED", "otto")],
        "good",
    ),
    "dismissed approval": ([review("APPROVED"), review("DISMISSED")], "bad"),
    "by the author": ([review("APPROVED", "bruno")], "bad"),
    "by a bot": ([review("APPROVED", user={"login": "renovate", "type": "Bot"})], "bad"),
    "by a stranger": ([review("APPROVED", author_association="NONE")], "bad"),
    "by a deleted user": ([review("APPROVED", user=None)], "bad"),
    "of an older commit": ([review("APPROVED", sha=OTHER)], "bad"),
}  # fmt: skip


@pytest.mark.parametrize(("reviews", "state"), REVIEWS.values(), ids=REVIEWS.keys())
def test_reviews(reviews: list[Review], state: str) -> None:
    assert judge_reviews([(PULL, reviews)]).state == state


def test_a_commit_without_a_pull_request_was_not_reviewed() -> None:
    assert judge_reviews([]).state == "bad"


def run(number: int, name: str, conclusion: str | None = "success", app: str = "ci") -> CheckRun:
    status = "completed" if conclusion else "in_progress"
    found = {"id": number, "name": name, "status": status, "conclusion": conclusion, "app": {"slug": app}}
    return CheckRun.model_validate(found)


def status(context: str, state: str) -> Status:
    return Status(context=context, state=state)


CHECKS: dict[str, tuple[list[CheckRun], list[Status], str]] = {
    "none at all": ([], [], "unknown"),
    "all good": ([run(1, "test"), run(2, "lint", "neutral"), run(3, "docs", "skipped")], [], "good"),
    "statuses alone": ([], [status("ci", "success")], "good"),
    "a bad status beside good runs": ([run(1, "test")], [status("ci", "failure")], "bad"),
    "an error of a status": ([], [status("ci", "error")], "bad"),
    "a pending status": ([run(1, "test")], [status("ci", "pending")], "pending"),
    "a failure beside what still runs": ([run(1, "test", "failure"), run(2, "lint", None)], [], "bad"),
    "run again": ([run(2, "test"), run(1, "test", "failure")], [], "good"),
    "the same name of two apps": ([run(2, "test"), run(1, "test", "failure", "other")], [], "bad"),
    **{each: ([run(1, "test", each)], [], "bad")
       for each in ("failure", "cancelled", "timed_out", "action_required", "stale", "startup_failure", "new_word")},
}  # fmt: skip


@pytest.mark.parametrize(("runs", "statuses", "state"), CHECKS.values(), ids=CHECKS.keys())
def test_checks(runs: list[CheckRun], statuses: list[Status], state: str) -> None:
    assert judge_checks(runs, statuses).state == state


def test_the_name_of_a_check_mentions_nobody() -> None:
    said = judge_checks([CheckRun(id=1, name="lint <@U02BRUNO>", status="completed", conclusion="failure")], [])
    assert sentence(said.words) == "failed: lint ‹@U02BRUNO&gt;"


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (["good", "good"], "good"),
        (["good", "bad"], "bad"),
        (["pending", "unknown"], "unknown"),
        (["good", "pending"], "pending"),
    ],
)  # fmt: skip
def test_several_repositories_say_their_worst(states: list[Any], state: str) -> None:
    assert worst([(f"org/{n}", Said(each, "x")) for n, each in enumerate(states)]).state == state
