"""Vercel's API: reads are subject, changes are sent once, and nothing is believed before it is seen."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import pytest

from bot.errors import Ambiguous, Broken, Denied, Limited, Missing, OutsideError, Rejected, Unreachable
from bot.integrations.vercel.client import Vercel
from bot.integrations.vercel.model import AliasRequest, GitSource, Redeploy
from bot.integrations.vercel.rules import Requested

from .fakes import NOON, FakeTime, Server, Step, after, alias, deployment, ms, ok, project, run, serving

T = TypeVar("T")
PROJECT, PROMOTE = "GET /v9/projects/prj_1", "POST /v10/projects/prj_1/promote/dpl_new"
ROLLBACK, BUILD = "POST /v1/projects/prj_1/rollback/dpl_new", "GET /v13/deployments/dpl_new"
LIVE = project(targets={"production": {"id": "dpl_new"}}, lastAliasRequest=alias("dpl_new", "succeeded", after(1)))
RUNNING = project(lastAliasRequest=alias("dpl_new", "in-progress", after(1)))


def on(server: Server, ask: Callable[[Vercel], Awaitable[T]], time: FakeTime | None = None) -> T:
    async def main() -> T:
        async with server.client() as client:
            pace = (time or FakeTime()).pace()
            return await ask(Vercel(client, base_url="https://v.test/", token="t0ken", team_id="team_1", pace=pace))

    return run(main())


def test_every_call_names_the_team_and_carries_the_token() -> None:
    server = serving(**{PROJECT: ok(project())})
    got = on(server, lambda vercel: vercel.project("prj_1"))
    assert (got.id, got.production_id) == ("prj_1", "dpl_old")
    (sent,) = server.requests
    assert dict(sent.url.params) == {"teamId": "team_1", "rollbackInfo": "true"}
    assert sent.headers["authorization"] == "Bearer t0ken"


PATIENCE: dict[str, tuple[list[Step], list[float]]] = {
    "a lost connection": ([httpx.ReadError("x"), ok(project())], [0.5]),
    "a bad moment of theirs": ([ok(None, 502), ok(None, 500), ok(project())], [0.5, 1.0]),
    "told how long to wait": ([ok(None, 429, Retry_After="3"), ok(project())], [3.0]),
    "503 with a wish": ([ok(None, 503, Retry_After="2"), ok(project())], [2.0]),
}


@pytest.mark.parametrize(("steps", "slept"), PATIENCE.values(), ids=PATIENCE.keys())
def test_a_read_is_asked_again(steps: list[Step], slept: list[float]) -> None:
    time = FakeTime()
    assert on(serving(**{PROJECT: steps}), lambda vercel: vercel.project("prj_1"), time).id == "prj_1"
    assert time.slept == slept


IMPATIENCE: dict[str, tuple[Step, type[OutsideError], int]] = {
    "never an answer": (httpx.ConnectError("x"), Unreachable, 4),
    "always broken": (ok(None, 500), Broken, 4),
    "told to wait too long": (ok(None, 429, Retry_After="600"), Limited, 1),
    "a bad token": (ok({"error": {"code": "forbidden", "message": "Not authorized"}}, 403), Denied, 1),
    "not there": (ok({"error": {"code": "not_found", "message": "x"}}, 404), Missing, 1),
    "a wrong question": (ok({"error": {"code": "bad_request", "message": "x"}}, 400), Rejected, 1),
    "not JSON": (httpx.Response(200, text="<html>"), Broken, 1),
    "another shape": (ok({"projects": []}), Broken, 1),
}


@pytest.mark.parametrize(("step", "kind", "asked"), IMPATIENCE.values(), ids=IMPATIENCE.keys())
def test_a_read_gives_up(step: Step, kind: type[OutsideError], asked: int) -> None:
    server = serving(**{PROJECT: step})
    with pytest.raises(kind) as caught:
        on(server, lambda vercel: vercel.project("prj_1"))
    assert len(server.requests) == asked
    assert "t0ken" not in f"{caught.value.sentence} {caught.value.hint}"


def test_a_refused_token_says_which_setting_to_mend() -> None:
    with pytest.raises(Denied) as caught:
        on(serving(**{PROJECT: ok(None, 401)}), lambda vercel: vercel.project("prj_1"))
    assert "VERCEL_TOKEN" in str(caught.value.hint)


def test_deployments_are_filtered_there_and_come_newest_first() -> None:
    rows = [deployment("dpl_1", at=NOON), deployment("dpl_2", at=after(5), aliasAssigned=ms(NOON))]
    server = serving(**{"GET /v7/deployments": ok({"deployments": rows, "pagination": {}})})
    found = on(
        server,
        lambda vercel: vercel.deployments(
            "prj_1", state=("READY", "ERROR"), limit=5, rollback_candidate=True, since=NOON
        ),
    )
    assert [(each.id, each.alias_assigned) for each in found] == [("dpl_2", True), ("dpl_1", False)]
    assert dict(server.requests[0].url.params) == {
        "teamId": "team_1",
        "projectId": "prj_1",
        "target": "production",
        "state": "READY,ERROR",
        "limit": "5",
        "rollbackCandidate": "true",
        "since": str(ms(NOON)),
    }


def test_a_deployment_is_found_by_its_address() -> None:
    server = serving(**{"GET /v13/deployments/x.vercel.app": ok(deployment("dpl_new"))})
    assert on(server, lambda vercel: vercel.deployment("https://x.vercel.app/")).id == "dpl_new"


def test_a_build_has_an_address_of_its_own() -> None:
    async def address(vercel: Vercel) -> str | None:
        return vercel.address(await vercel.deployment("dpl_new"))

    assert on(serving(**{BUILD: ok(deployment("dpl_new"))}), address) == "https://dpl_new.vercel.app"


OLD_EVENT = {"type": "command", "created": ms(NOON), "text": "a"}
NEW_EVENT = {"type": "stdout", "created": ms(after(2)), "payload": {"text": "b"}}
LOGS = {
    "an array": json.dumps([NEW_EVENT, OLD_EVENT]),
    "lines": f'{json.dumps(NEW_EVENT)}\n\nnot json\n{json.dumps(OLD_EVENT)}\n{{"type":"exit"}}',
}


@pytest.mark.parametrize("body", LOGS.values(), ids=LOGS.keys())
def test_a_build_log_is_read_oldest_first(body: str) -> None:
    server = serving(**{"GET /v3/deployments/dpl_new/events": httpx.Response(200, text=body)})
    lines = on(server, lambda vercel: vercel.build_log("dpl_new", 10))
    assert [(line.kind, line.text, line.at) for line in lines] == [("command", "a", NOON), ("stdout", "b", after(2))]


def test_promote_and_rollback_are_one_post_each_whose_body_is_not_read() -> None:
    server = serving(**{PROMOTE: httpx.Response(201, content=b""), ROLLBACK: httpx.Response(201, content=b"}garbage")})
    assert on(server, lambda vercel: vercel.promote("prj_1", "dpl_new")) == Requested("dpl_new", "requested")
    assert on(server, lambda vercel: vercel.rollback("prj_1", "dpl_new", "y" * 300)).state == "requested"
    assert server.asked() == [PROMOTE, ROLLBACK]
    assert server.requests[1].url.params["description"] == "y" * 250


def test_202_is_queued_behind_a_rolling_release() -> None:
    assert on(serving(**{PROMOTE: ok(None, 202)}), lambda vercel: vercel.promote("prj_1", "dpl_new")).state == "queued"


LOST: dict[str, tuple[Step, type[OutsideError]]] = {
    "no answer in time": (httpx.ReadTimeout("x"), Ambiguous),
    "the connection was lost": (httpx.RemoteProtocolError("x"), Ambiguous),
    "500": (ok(None, 500), Ambiguous),
    "never connected": (httpx.ConnectError("x"), Unreachable),
    "429": (ok(None, 429, Retry_After="1"), Limited),
    "402": (ok({"error": {"code": "payment_required", "message": "Hobby"}}, 402), Rejected),
}
MOVES: dict[str, tuple[str, Callable[[Vercel], Awaitable[Any]]]] = {
    "promote": (PROMOTE, lambda vercel: vercel.promote("prj_1", "dpl_new")),
    "rollback": (ROLLBACK, lambda vercel: vercel.rollback("prj_1", "dpl_new", "why")),
    "deploy": ("POST /v13/deployments", lambda vercel: vercel.deploy("api", Redeploy("dpl_old"), key="run:1")),
}


@pytest.mark.parametrize(("path", "ask"), MOVES.values(), ids=MOVES.keys())
@pytest.mark.parametrize(("step", "kind"), LOST.values(), ids=LOST.keys())
def test_a_change_is_never_sent_twice(step: Step, kind: type[OutsideError], path: str, ask: Any) -> None:
    server = serving(**{path: step})
    with pytest.raises(OutsideError) as caught:
        on(server, ask)
    assert type(caught.value) is kind
    assert server.asked() == [path]


def test_409_is_already_current_when_it_is_seen_to_be() -> None:
    server = serving(**{PROMOTE: ok(None, 409), PROJECT: ok(LIVE)})
    assert on(server, lambda vercel: vercel.promote("prj_1", "dpl_new")).state == "already_current"


MOVING_AWAY = {**LIVE, "lastAliasRequest": alias("dpl_x", "in-progress", after(1))}


@pytest.mark.parametrize("seen", [project(), MOVING_AWAY], ids=["another is current", "it is being replaced"])
def test_any_other_409_is_a_rejection(seen: dict[str, Any]) -> None:
    server = serving(**{PROMOTE: ok({"error": {"code": "conflict", "message": "x"}}, 409), PROJECT: ok(seen)})
    with pytest.raises(Rejected) as caught:
        on(server, lambda vercel: vercel.promote("prj_1", "dpl_new"))
    assert caught.value.status == 409


@pytest.mark.parametrize(
    ("jobs", "quiet"),
    [(["pending", "in-progress", "succeeded"], True), (["failed"], True), (["in-progress"], False)],
)
def test_a_job_under_way_is_waited_for_but_not_for_ever(jobs: list[str], quiet: bool) -> None:
    seen = [ok({**LIVE, "lastAliasRequest": alias("dpl_x", status, after(1))}) for status in jobs]
    server = serving(**{PROJECT: seen})
    assert on(server, lambda vercel: vercel.wait_quiet("prj_1", 5)) is quiet


def test_a_staged_deploy_of_a_commit_asks_for_no_traffic() -> None:
    server = serving(**{"POST /v13/deployments": ok(deployment("dpl_new", readyState="QUEUED"))})
    source = GitSource("neon", "pro", "main", "abc")
    made = on(server, lambda vercel: vercel.deploy("neonpro-api", source, key="run:1", staged=True))
    assert (made.id, made.state, made.ended) == ("dpl_new", "QUEUED", False)
    assert json.loads(server.requests[0].content) == {
        "name": "neonpro-api",
        "project": "neonpro-api",
        "target": "production",
        "gitSource": {"type": "github", "org": "neon", "repo": "pro", "ref": "main", "sha": "abc"},
        "autoAssignCustomDomains": False,
        "meta": {"neonopsKey": "run:1"},
    }


def test_a_redeploy_names_what_it_repeats() -> None:
    server = serving(**{"POST /v13/deployments": ok(deployment("dpl_new"))})
    on(server, lambda vercel: vercel.deploy("neonpro-api", Redeploy("dpl_old"), key="run:1"))
    sent = json.loads(server.requests[0].content)
    assert (sent["deploymentId"], sent["meta"]) == ("dpl_old", {"action": "redeploy", "neonopsKey": "run:1"})
    assert "autoAssignCustomDomains" not in sent


def test_a_deploy_whose_answer_cannot_be_read_is_ambiguous() -> None:
    with pytest.raises(Ambiguous):
        on(serving(**{"POST /v13/deployments": httpx.Response(200)}), MOVES["deploy"][1])


@pytest.mark.parametrize(("key", "found"), [("run:1", "dpl_new"), ("run:2", None)])
def test_a_deploy_whose_answer_was_lost_is_found_by_its_key(key: str, found: str | None) -> None:
    rows = [deployment("dpl_x"), deployment("dpl_new", meta={"neonopsKey": "run:1"})]
    server = serving(**{"GET /v7/deployments": ok({"deployments": rows})})
    got = on(server, lambda vercel: vercel.find("prj_1", key, since=NOON))
    assert (got and got.id) == found


def building(*states: str) -> list[Step]:
    return [ok(deployment("dpl_new", readyState=state)) for state in states]


BUILDS: dict[str, tuple[list[Step], str]] = {
    "ready": (building("QUEUED", "BUILDING", "READY"), "ready"),
    "a build error": (building("BUILDING", "ERROR"), "failed"),
    "canceled": (building("CANCELED"), "canceled"),
    "blocked": (building("QUEUED", "BLOCKED"), "blocked"),
    "too long": (building("BUILDING"), "timeout"),
    "through an outage": ([*building("QUEUED"), *[httpx.ConnectError("x")] * 6, *building("READY")], "ready"),
    "never an answer": ([httpx.ConnectError("x")], "timeout"),
}


@pytest.mark.parametrize(("steps", "state"), BUILDS.values(), ids=BUILDS.keys())
def test_waiting_for_a_build(steps: list[Step], state: str) -> None:
    assert on(serving(**{BUILD: steps}), lambda vercel: vercel.wait_ready("dpl_new", 30)).state == state


def test_waiting_for_a_build_that_does_not_exist_ends_at_once() -> None:
    with pytest.raises(Missing):
        on(serving(), lambda vercel: vercel.wait_ready("dpl_new", 30))


def any_request(request: AliasRequest) -> bool:
    """There was none before ours."""
    return True


OTHER = project(lastAliasRequest=alias("dpl_x", "pending", after(2)))
ALIASES: dict[str, tuple[list[Step], str]] = {
    "succeeded": ([ok(project()), ok(RUNNING), ok(LIVE)], "succeeded"),
    "the job before the target": (
        [ok(project(lastAliasRequest=alias("dpl_new", "succeeded", after(1)))), ok(LIVE)],
        "succeeded",
    ),
    "failed": ([ok(RUNNING), ok(project(lastAliasRequest=alias("dpl_new", "failed", after(1))))], "failed"),
    "superseded": ([ok(RUNNING), ok(OTHER)], "superseded"),
    "another one, seen once before ours": ([ok(OTHER), ok(RUNNING), ok(LIVE)], "succeeded"),
    "hangs": ([ok(RUNNING)], "timeout"),
    "ready but never live": ([ok(project())], "timeout"),
    "no answer": ([httpx.ConnectError("x")], "timeout"),
    "through an outage": ([ok(RUNNING), *[ok(None, 500)] * 6, ok(LIVE)], "succeeded"),
}


@pytest.mark.parametrize(("steps", "state"), ALIASES.values(), ids=ALIASES.keys())
def test_waiting_for_production(steps: list[Step], state: str) -> None:
    outcome = on(serving(**{PROJECT: steps}), lambda vercel: vercel.wait_alias("prj_1", "dpl_new", any_request, 20))
    assert outcome.state == state


def test_waiting_polls_once_a_second() -> None:
    time = FakeTime()
    on(serving(**{PROJECT: ok(RUNNING)}), lambda vercel: vercel.wait_alias("prj_1", "dpl_new", any_request, 3), time)
    assert time.slept == [1.0, 1.0, 1.0]


def moves_to_ours(request: AliasRequest) -> bool:
    """Somebody else's request, and it is under way."""
    return request.to_id == "dpl_new" and request.status in ("pending", "in-progress")


UNASKED: dict[str, tuple[list[Step], str, list[float]]] = {
    "nobody asks": ([ok(project())], "unseen", [1.0]),
    "it is live": ([ok(LIVE)], "succeeded", []),
    "somebody asks a moment later": ([ok(project()), ok(RUNNING), ok(LIVE)], "succeeded", [1.0, 1.0]),
    "somebody else's request that hangs": ([ok(RUNNING)], "timeout", [1.0, 1.0, 1.0]),
    "somebody asks for something else": ([ok(OTHER)], "unseen", [1.0]),
}


@pytest.mark.parametrize(("steps", "state", "pauses"), UNASKED.values(), ids=UNASKED.keys())
def test_a_request_that_nobody_is_to_make_is_not_waited_for(steps: list[Step], state: str, pauses: list[float]) -> None:
    time, server = FakeTime(), serving(**{PROJECT: steps})
    seen = on(server, lambda vercel: vercel.wait_alias("prj_1", "dpl_new", moves_to_ours, 3, comes=False), time)
    assert (seen.state, time.slept) == (state, pauses)


RECONCILED: dict[str, tuple[list[Step], str]] = {
    "it happened": ([ok(LIVE)], "done"),
    "it is happening": ([ok(RUNNING)], "in_progress"),
    "it arrived late": ([ok(project()), ok(project()), ok(RUNNING)], "in_progress"),
    "it never arrived": ([ok(project())], "not_done"),
    "it failed": ([ok(project(lastAliasRequest=alias("dpl_new", "failed", after(1))))], "not_done"),
    "production was there already": ([ok(project(targets={"production": {"id": "dpl_new"}}))], "done"),
    "somebody asked for something else": ([ok(OTHER)], "unknown"),
    "no answer": ([httpx.ConnectError("x")], "unknown"),
    "no answer at the end": ([ok(project()), httpx.ConnectError("x")], "unknown"),
}


@pytest.mark.parametrize(("steps", "state"), RECONCILED.values(), ids=RECONCILED.keys())
def test_reconciling_only_reads(steps: list[Step], state: str) -> None:
    server = serving(**{PROJECT: steps})
    assert on(server, lambda vercel: vercel.reconcile("prj_1", "dpl_new", any_request)).state == state
    assert set(server.asked()) == {PROJECT}


def test_the_last_stable_pick_looks_the_current_one_up_when_the_list_lacks_it() -> None:
    server = serving(
        **{
            PROJECT: ok(project()),
            "GET /v7/deployments": ok(
                {"deployments": [deployment("dpl_bad", at=after(90)), deployment("dpl_good", at=NOON)]}
            ),
            "GET /v13/deployments/dpl_old": ok(deployment("dpl_old", at=after(50))),
        }
    )
    pick = on(server, lambda vercel: vercel.last_stable("prj_1", {}))
    assert pick is not None
    assert (pick.deployment.id, pick.verified) == ("dpl_good", False)


def paged(*rows: dict[str, Any]) -> Any:
    """Vercel's list in pages of 100, with its cursor."""

    def answer(request: httpx.Request) -> httpx.Response:
        until = int(request.url.params.get("until", 2**62))
        left = sorted((row for row in rows if row["createdAt"] < until), key=lambda row: -row["createdAt"])
        more = left[99]["createdAt"] if len(left) > 100 else None
        return httpx.Response(200, json={"deployments": left[:100], "pagination": {"next": more}})

    return answer


STAGED = [deployment(f"dpl_{n}", at=after(1000 + n), readySubstate="STAGED") for n in range(250)]
SERVED = [deployment("dpl_old", at=after(50)), deployment("dpl_good", at=NOON)]


def test_staged_builds_hide_nothing_that_had_traffic() -> None:
    server = serving(**{PROJECT: ok(project()), "GET /v7/deployments": paged(*STAGED, *SERVED),
                        "GET /v13/deployments/dpl_old": ok(SERVED[0])})  # fmt: skip
    served = on(server, lambda vercel: vercel.served("prj_1", "dpl_old", 5))
    assert [each.id for each in served] == ["dpl_old", "dpl_good"]
    pick = on(server, lambda vercel: vercel.last_stable("prj_1", {}))
    assert pick is not None
    assert pick.deployment.id == "dpl_good"


def test_a_cursor_that_does_not_move_ends_the_paging() -> None:
    rows = {"deployments": STAGED[:2], "pagination": {"next": 7}}
    server = serving(**{"GET /v7/deployments": ok(rows)})
    assert on(server, lambda vercel: vercel.served("prj_1", None, 5)) == ()
    assert len(server.requests) == 2


def commit(name: str, sha: str, **changes: Any) -> dict[str, Any]:
    return deployment(name, meta={"githubCommitSha": sha, "githubCommitMessage": "m"}, **changes)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], None),
        ([commit("dpl_other", "b" * 40)], None),
        ([commit("dpl_new", "a" * 40, readyState="BUILDING")], "dpl_new"),
        ([commit("dpl_bad", "a" * 40, readyState="ERROR")], "dpl_bad"),
        ([commit("dpl_bad", "a" * 40, readyState="ERROR", at=after(9)), commit("dpl_good", "a" * 40)], "dpl_good"),
    ],
)
def test_the_deployment_of_a_commit_is_the_newest_that_did_not_fail(
    rows: list[dict[str, Any]], found: str | None
) -> None:
    server = serving(**{"GET /v7/deployments": ok({"deployments": rows})})
    made = on(server, lambda vercel: vercel.wait_commit("prj_1", "a" * 40, 10))
    assert (made.id if made else None) == found
    assert server.requests[0].url.params["sha"] == "a" * 40
    assert {each.method for each in server.requests} == {"GET"}
