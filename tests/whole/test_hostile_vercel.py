"""Whatever Vercel answers, a change is asked for once, and the card says what is so and what can be done."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from torture import some

from bot.runs.model import RunState
from whole.runbooks import moving_runbook
from whole.workspace import Card, Workspace

DONE, LIVE = "🟢 *done*", "It is live"
FAILED = ["Retry", "Skip…", "Abort"]
UNKNOWN = ["Run again", "Mark as done", "Skip…", "Abort"]
FAILED_LIVE = ["Retry", "Skip…", "Abort and roll back", "Abort"]
JOB_FAILED = ["Ask Vercel again", "Skip…", "Abort"]
JOB_FAILED_LIVE = ["Ask Vercel again", "Skip…", "Abort and roll back", "Abort"]
LOST = "Vercel's answer was lost, but the request had arrived"
PROMOTE_LOST, BACK_LOST = {"promote": LOST}, {"back": LOST}
LIMITED = "Vercel is limiting our requests. Try again in 2 s."
NOT_CURRENT = "Vercel rejected the request: The deployment is already the current production deployment (conflict)."


@dataclass(frozen=True)
class Case:
    """How Vercel is set; what the card then says, the choices it gives, what Vercel carried out, what steps found."""

    switches: Mapping[str, str | int]
    says: tuple[str, ...]
    choices: list[str] = field(default_factory=list)
    moves: tuple[str, ...] = ()
    found: Mapping[str, str] = field(default_factory=dict)


BUILT, PROMOTED, BACK = ("create",), ("create", "promote"), ("rollback",)
DEPLOYS = {
    "a build answered 201 without a body": Case({"create_answer": "empty"}, (DONE, LIVE), moves=PROMOTED),
    "a build whose answer is lost": Case({"create_answer": "lost"}, (DONE, LIVE), moves=PROMOTED),
    "a build that is started and answered 500": Case({"create_answer": "broken"}, (DONE, LIVE), moves=PROMOTED),
    "a build that is limited": Case({"create_answer": "limited"}, ("⚠️ *Build* failed", LIMITED), FAILED),
    "a promote whose answer is lost": Case({"traffic_answer": "lost"}, (DONE,), moves=PROMOTED, found=PROMOTE_LOST),
    "a promote that is answered 500": Case({"traffic_answer": "broken"}, (DONE,), moves=PROMOTED, found=PROMOTE_LOST),
    "a promote that is queued (202)": Case({"traffic_answer": "queued"}, (DONE, LIVE), moves=PROMOTED),
    "a promote that is limited": Case(
        {"traffic_answer": "limited"}, ("⚠️ *Promote* failed", LIMITED), FAILED, BUILT
    ),
    "a promote that is current, they say": Case(
        {"traffic_answer": "conflict"}, ("⚠️ *Promote* failed", NOT_CURRENT), FAILED, BUILT
    ),
    "a job that fails": Case(
        {"alias_job": "fail"},
        ("⚠️ *Wait until it is live* failed", "is not live: the job that moves the traffic ended as failed"),
        JOB_FAILED_LIVE,
        PROMOTED,
    ),
    "a job that is skipped": Case(
        {"alias_job": "skip"},
        ("⚠️ *Wait until it is live* failed", "is not live: the job that moves the traffic ended as skipped"),
        JOB_FAILED_LIVE,
        PROMOTED,
    ),
    "a job that succeeds and moves nothing": Case(
        {"alias_job": "stay"},
        ("⚠️ *Wait until it is live* failed", "is not live: the job succeeded, but production is still"),
        FAILED_LIVE,
        PROMOTED,
    ),
    "a clock of Vercel's that is behind": Case({"vercel_behind": 90}, (DONE, LIVE), moves=PROMOTED),
    "deployments without a substate": Case({"deployments_show": "no substate"}, (DONE, LIVE), moves=PROMOTED),
    "deployments without a commit": Case({"deployments_show": "no git"}, (DONE, LIVE), moves=PROMOTED),
    "a build that is ready and never live": Case(
        {"alias_job": "hang"},
        ("⚠️ *Wait until it is live* failed", "is not live: the job that moves the traffic is in-progress"),
        FAILED_LIVE,
        PROMOTED,
    ),
}  # fmt: skip
ROLLBACKS = {
    "a rollback whose answer is lost": Case({"traffic_answer": "lost"}, (DONE,), moves=BACK, found=BACK_LOST),
    "a rollback that is answered 500": Case({"traffic_answer": "broken"}, (DONE,), moves=BACK, found={"back": LOST}),
    "a rollback that is queued (202)": Case({"traffic_answer": "queued"}, (DONE, LIVE), moves=BACK),
    "a rollback that is limited": Case({"traffic_answer": "limited"}, ("⚠️ *Go back* failed", LIMITED), FAILED),
    "a rollback to what is current, they say": Case(
        {"traffic_answer": "conflict"}, ("⚠️ *Go back* failed", NOT_CURRENT), FAILED
    ),
    "a job that fails": Case(
        {"alias_job": "fail"},
        ("⚠️ *Wait until it is live* failed", "is not live: the job that moves the traffic ended as failed"),
        JOB_FAILED,
        BACK,
    ),
    "a job that succeeds and moves nothing": Case(
        {"alias_job": "stay"},
        ("⚠️ *Wait until it is live* failed", "is not live: the job succeeded, but production is still"),
        FAILED,
        BACK,
    ),
    "a clock of Vercel's that is behind": Case({"vercel_behind": 90}, (DONE, LIVE), moves=BACK),
    "a rollback that never becomes live": Case(
        {"alias_job": "hang"},
        ("⚠️ *Wait until it is live* failed", "is not live: the job that moves the traffic is in-progress"),
        FAILED,
        BACK,
    ),
}


@pytest.fixture
def moving(loop: asyncio.Runner, workspace: Workspace) -> Workspace:
    """The workspace with a deploy and a rollback that only move."""
    path = workspace.world.directory / "moving.yml"
    path.write_text(moving_runbook(), "utf-8")
    loop.run(workspace.restart(NEONOPS_RUNBOOK=str(path)))
    return workspace


@pytest.mark.parametrize("name", some([*DEPLOYS], 6))
async def test_a_deploy_says_what_became_of_it(moving: Workspace, name: str) -> None:
    card = await _prepared(moving)
    before = _live(moving)
    _set(moving, DEPLOYS[name].switches)
    await card.press("Approve and start", by=moving.alice)
    await _is_honest(moving, Card(moving, "devops", "Deploy", without=": pre-"), DEPLOYS[name], before)


@pytest.mark.parametrize("name", some([*ROLLBACKS], 4))
async def test_a_rollback_says_what_became_of_it(moving: Workspace, name: str) -> None:
    before = _live(moving)
    card = await _asked_rollback(moving)
    _set(moving, ROLLBACKS[name].switches)
    await card.press("Roll back", by=moving.bruno)
    await _is_honest(moving, Card(moving, "devops", "Roll back", without=": pre-"), ROLLBACKS[name], before)


async def test_a_rollback_to_what_somebody_made_live_meanwhile_is_done(moving: Workspace) -> None:
    card = await _asked_rollback(moving)
    wanted = (await moving.step("recent")).detail["services"]["api"]["recommended"]
    moving.neonpro.vercel.move("rollback", "neonpro-api", wanted)
    await moving.until(lambda: moving.neonpro.vercel.live("neonpro-api").id == wanted)
    await card.press("Roll back", by=moving.bruno)
    live = Card(moving, "devops", "Roll back", without=": pre-")
    await live.shows(f"No change: {wanted} was already live. {LIVE}")
    assert (await moving.step("back")).found == f"{wanted} was already live"
    assert f"No change: {wanted} was already live." in await moving.bruno.types("/deploy history 1")
    assert "already live" in await moving.bruno.types("/deploy history")
    assert _moves(moving) == BACK


async def test_what_nobody_can_read_is_asked_and_then_verified(moving: Workspace) -> None:
    card = await _asked_rollback(moving)
    moving.neonpro.switches.traffic_answer = "lost"
    moving.neonpro.vercel.on_change = lambda: setattr(moving.neonpro.switches, "vercel_reads", "unreachable")
    await card.press("Roll back", by=moving.bruno)
    live = Card(moving, "devops", "Roll back", without=": pre-")
    await live.shows("NeonOps cannot tell whether it happened: Vercel did not answer", 40)
    assert _choices(live) == UNKNOWN
    assert LIVE not in live.text
    moving.neonpro.vercel.on_change = lambda: None
    moving.neonpro.switches.vercel_reads = "normal"
    await live.press("Mark as done", by=moving.bruno)
    await live.shows(LIVE)
    assert _moves(moving) == BACK


async def test_what_was_done_is_found_when_vercel_can_be_read_and_asked_again_until_then(moving: Workspace) -> None:
    card = await _asked_rollback(moving)
    moving.neonpro.switches.traffic_answer = "lost"
    moving.neonpro.vercel.on_change = lambda: setattr(moving.neonpro.switches, "vercel_reads", "unreachable")
    await card.press("Roll back", by=moving.bruno)
    live = Card(moving, "devops", "Roll back", without=": pre-")
    await live.shows("NeonOps cannot tell whether it happened: Vercel did not answer", 40)
    await live.press("Mark as done", by=moving.bruno)
    await moving.until(lambda: _asked_twice(moving), 40)
    await live.shows("NeonOps cannot tell whether it happened: Vercel did not answer")
    assert _choices(live) == UNKNOWN
    moving.neonpro.vercel.on_change = lambda: None
    moving.neonpro.switches.vercel_reads = "normal"
    await live.press("Mark as done", by=moving.bruno)
    await live.shows(LIVE)
    assert _moves(moving) == BACK


async def test_a_request_that_never_arrived_did_not_happen(moving: Workspace) -> None:
    card = await _prepared(moving)
    moving.neonpro.switches.traffic_answer = "gone"
    await card.press("Approve and start", by=moving.alice)
    live = Card(moving, "devops", "Deploy", without=": pre-")
    await live.shows("It did not happen: Vercel shows no request since then", 40)
    assert _moves(moving) == BUILT


async def test_vercel_is_asked_once_more_after_a_job_that_failed(moving: Workspace) -> None:
    card = await _prepared(moving)
    moving.neonpro.switches.alias_job = "fail"
    await card.press("Approve and start", by=moving.alice)
    live = Card(moving, "devops", "Deploy", without=": pre-")
    await live.shows("ended as failed")
    moving.neonpro.switches.alias_job = "work"
    await live.press("Ask Vercel again", by=moving.bruno)
    await live.shows(LIVE)
    assert _moves(moving) == (*PROMOTED, "promote")


async def test_a_failed_job_that_is_skipped_is_live_nowhere(moving: Workspace) -> None:
    card = await _prepared(moving)
    moving.neonpro.switches.alias_job = "fail"
    before = _live(moving)
    await card.press("Approve and start", by=moving.alice)
    live = Card(moving, "devops", "Deploy", without=": pre-")
    await live.shows("ended as failed")
    await live.press("Skip…", "Wait until it is live", by=moving.bruno)
    assert (await moving.bruno.submits(item="Wait until it is live", reason="The page looks fine")).ok
    await live.shows("🔴 *failed*")
    assert LIVE not in live.text
    assert "· failed" in await moving.bruno.types("/deploy history")
    assert _live(moving) == before


async def test_production_is_not_waited_for_when_the_promote_was_skipped(moving: Workspace) -> None:
    card = await _prepared(moving)
    moving.neonpro.vercel.build_seconds = 3.0
    await card.press("Approve and start", by=moving.alice)
    live = Card(moving, "devops", "Deploy", without=": pre-")
    await live.press("Skip a step…", by=moving.bruno)
    assert (await moving.bruno.submits(item="Promote", reason="By hand")).ok
    before = _live(moving)
    await live.shows(f"is not live: ‹Promote› was skipped, and production is {before}", 30)
    assert _choices(live) == FAILED
    built = (await moving.step("build")).detail["deployment"]
    moving.neonpro.vercel.move("promote", "neonpro-api", built)
    await moving.until(lambda: _live(moving) == built)
    await live.press("Retry", by=moving.bruno)
    await live.shows(LIVE)
    await live.shows(DONE)


async def test_what_failed_in_a_run_that_was_aborted_is_not_at_work(moving: Workspace) -> None:
    card = await _asked_rollback(moving)
    moving.neonpro.switches.alias_job = "fail"
    await card.press("Roll back", by=moving.bruno)
    live = Card(moving, "devops", "Roll back", without=": pre-")
    await live.press("Abort", by=moving.bruno)
    await live.shows("🔴 *aborted*")
    assert "⚠️ *Move*" in live.text
    assert "▶️" not in live.text


async def test_a_pin_is_said_before_a_deploy_and_the_promote_ends_it(moving: Workspace) -> None:
    await _pin(moving)
    card = await _prepared(moving)
    await card.shows("Production is pinned by a rollback")
    await card.press("Approve and start", by=moving.alice)
    await Card(moving, "devops", "Deploy", without=": pre-").shows(LIVE)
    assert _moves(moving) == (*BACK, *PROMOTED)
    assert moving.neonpro.vercel.project("neonpro-api").auto_assign


async def test_a_pinned_production_shows_on_the_next_rollback(moving: Workspace) -> None:
    await _pin(moving)
    card = await _asked_rollback(moving)
    assert "*live* (pinned by a rollback)" in card.text


async def test_what_was_limited_is_asked_for_once_more_by_a_person(moving: Workspace) -> None:
    card = await _prepared(moving)
    moving.neonpro.switches.create_answer = "limited"
    await card.press("Approve and start", by=moving.alice)
    live = Card(moving, "devops", "Deploy", without=": pre-")
    await live.shows(LIMITED)
    moving.neonpro.switches.create_answer = "normal"
    await live.press("Retry", by=moving.bruno)
    await live.shows(LIVE)
    assert _moves(moving) == PROMOTED


async def _prepared(moving: Workspace) -> Card:
    """A deploy that waits only for its approval."""
    card = await moving.ask_deploy("api main")
    await card.tick_all(by=moving.bruno)
    return card


async def _asked_rollback(moving: Workspace) -> Card:
    assert (await moving.bruno.types("/rollback api")).ok
    card = Card(moving, "devops", "Roll back")
    await card.shows("goes back to")
    await moving.settled()
    return card


async def _is_honest(moving: Workspace, card: Card, case: Case, before: str) -> None:
    for words in case.says:
        await card.shows(words, 20)
    await moving.settled()
    over = not case.choices
    assert _choices(card) == case.choices
    assert (LIVE in card.text) == over
    assert (_live(moving) != before) == over
    assert _moves(moving) == case.moves
    assert (await moving.run()).state is (RunState.DONE if over else RunState.ACTIVE)
    for step, words in case.found.items():
        assert words in ((await moving.step(step)).found or "")


async def _asked_twice(moving: Workspace) -> bool:
    return len(await moving.events("gate.opened")) == 2


def _choices(card: Card) -> list[str]:
    """What the card lets people decide about a step."""
    return [label for label in card.buttons() if label in {*FAILED_LIVE, *JOB_FAILED, *UNKNOWN}]


def _set(moving: Workspace, switches: Mapping[str, str | int]) -> None:
    for name, value in switches.items():
        setattr(moving.neonpro.switches, name, value)


async def _pin(moving: Workspace) -> None:
    vercel = moving.neonpro.vercel
    past = vercel.newest_first(vercel.project("neonpro-api"))
    served = [each.id for each in past if each.rollback_candidate(vercel.now()) and each.id != _live(moving)]
    vercel.move("rollback", "neonpro-api", served[0])
    await moving.until(lambda: _live(moving) == served[0])


def _live(moving: Workspace) -> str:
    return moving.neonpro.vercel.live("neonpro-api").id


def _moves(moving: Workspace) -> tuple[str, ...]:
    return tuple(each.kind for each in moving.neonpro.mutations)
