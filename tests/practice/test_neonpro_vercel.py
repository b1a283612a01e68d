"""The practice Vercel answers, moves traffic and fails as PLATFORM's facts about Vercel say."""

import json
from collections.abc import Iterator

import httpx
import pytest
from neonpro_world import API, WEB, Stage, World, staged, world


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as made:
        yield made


@pytest.fixture
def w(stage: Stage) -> Iterator[World]:
    with world(stage) as made:
        yield made


def test_a_missing_token_is_401_and_a_wrong_one_403(w: World) -> None:
    missing = w.plain.get(f"/vercel/v9/projects/{API}")
    wrong = w.plain.get(f"/vercel/v9/projects/{API}", headers={"Authorization": "Bearer nope"})
    assert (missing.status_code, missing.json()["error"]["code"]) == (401, "unauthorized")
    assert (wrong.status_code, wrong.json()["error"]["invalidToken"]) == (403, True)


def test_a_project_is_found_by_id_and_by_name(w: World) -> None:
    by_name = w.project()
    assert w.project(by_name["id"]) == by_name
    assert by_name["autoAssignCustomDomains"] is True
    assert by_name["lastAliasRequest"] is None
    assert w.vercel.get("/v9/projects/nothing").json()["error"]["code"] == "not_found"


def test_a_team_may_be_named(w: World) -> None:
    assert w.vercel.get(f"/v9/projects/{API}?teamId=team_neonpro").status_code == 200


def test_the_past_has_eight_production_deployments_of_every_sort(w: World) -> None:
    for project in (API, WEB):
        past = w.deployments(projectId=project)
        assert len(past) == 8
        assert sorted({one["state"] for one in past}) == ["ERROR", "READY"]
        assert {one.get("readySubstate") for one in past} == {"PROMOTED", "STAGED", None}
        assert all(one["meta"]["githubCommitSha"] and one["meta"]["githubCommitMessage"] for one in past)


def test_a_list_is_paged_by_until(w: World) -> None:
    whole = [one["uid"] for one in w.deployments()]
    seen: list[str] = []
    until: int | None = 2**50
    while until:
        query = {"projectId": API, "target": "production", "limit": 3, "until": until}
        page = w.vercel.get("/v6/deployments", params=query).json()
        seen += [one["uid"] for one in page["deployments"]]
        until = page["pagination"]["next"]
    assert seen == whole


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"state": "ERROR"}, lambda one: one["state"] == "ERROR"),
        ({"branch": "feature/reminders-8", "target": "preview"}, lambda one: one["target"] is None),
        ({"limit": 1}, lambda one: True),
        ({"rollbackCandidate": "true"}, lambda one: one["isRollbackCandidate"]),
    ],
)
def test_a_list_is_filtered(w: World, query: dict[str, object], kept) -> None:
    found = w.deployments(**query)
    assert found
    assert all(kept(one) for one in found)


def test_a_list_is_filtered_by_sha(w: World) -> None:
    sha = w.deployments()[3]["meta"]["githubCommitSha"]
    assert [one["meta"]["githubCommitSha"] for one in w.deployments(sha=sha)] == [sha]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "many"}, {"since": "yesterday"}])
def test_a_list_refuses_what_is_no_number(w: World, query: dict[str, object]) -> None:
    assert w.vercel.get("/v7/deployments", params=query).status_code == 400


def test_rollback_candidates_served_production_and_do_not_now(w: World) -> None:
    found = w.candidates()
    assert len(found) == 5
    assert w.live() not in found


def test_a_build_goes_through_its_states_and_then_live(w: World) -> None:
    made = w.deploy().json()
    states = []
    for _ in range(11):
        states.append(w.vercel.get(f"/v13/deployments/{made['id']}").json()["readyState"])
        w.clock.at += 10
    assert list(dict.fromkeys(states)) == ["QUEUED", "INITIALIZING", "BUILDING", "READY"]
    assert w.live() != made["id"], "READY is not live"
    w.clock.pass_alias()
    assert w.live() == made["id"]
    assert w.project()["targets"]["production"]["readySubstate"] == "PROMOTED"


def test_a_git_deployment_takes_the_commit_that_is_asked_for(w: World) -> None:
    sha = w.deployments()[2]["meta"]["githubCommitSha"]
    made = w.deploy(gitSource={"type": "github", "ref": "main", "sha": sha}).json()
    assert made["meta"]["githubCommitSha"] == sha
    lost = w.deploy(gitSource={"type": "github", "ref": "no-such-branch"})
    assert (lost.status_code, lost.json()["error"]["code"]) == (400, "incorrect_git_source_info")


def test_a_redeploy_builds_the_same_commit_again(w: World) -> None:
    live = w.project()["targets"]["production"]
    body = {"deploymentId": live["id"], "name": API, "target": "production", "meta": {"action": "redeploy"}}
    made = w.vercel.post("/v13/deployments", json=body).json()
    assert made["id"] != live["id"]
    assert made["meta"]["githubCommitSha"] == live["meta"]["githubCommitSha"]
    assert made["meta"]["action"] == "redeploy"


def test_a_staged_deployment_waits_for_its_promotion(w: World) -> None:
    made = w.deploy(autoAssignCustomDomains=False).json()["id"]
    w.clock.pass_build()
    w.clock.pass_alias()
    assert w.vercel.get(f"/v13/deployments/{made}").json()["readySubstate"] == "STAGED"
    assert w.live() != made
    assert w.promote(made).status_code == 201
    w.clock.pass_alias()
    assert w.live() == made


def test_a_deployment_is_reached_at_its_own_url_before_it_is_live(w: World) -> None:
    w.switches.next_build_bad = True
    made = w.deploy(autoAssignCustomDomains=False).json()
    assert httpx.get(f"http://{made['url']}/health").status_code == 404
    w.clock.pass_build()
    answer = httpx.get(f"http://{made['url']}/health")
    assert (answer.status_code, answer.headers["x-deployment-id"]) == (500, made["id"])
    assert w.plain.get("/services/api/health").status_code == 200


def test_a_deployment_is_found_by_its_url(w: World) -> None:
    made = w.deploy().json()
    quoted = made["url"].replace("/", "%2F")
    assert w.vercel.get(f"/v13/deployments/{quoted}").json()["id"] == made["id"]


def test_a_build_that_fails_says_so_and_never_goes_live(w: World) -> None:
    w.switches.build_fails = True
    made = w.deploy().json()["id"]
    w.clock.pass_build()
    w.clock.pass_alias()
    found = w.vercel.get(f"/v13/deployments/{made}").json()
    assert (found["readyState"], found["errorCode"]) == ("ERROR", "BUILD_FAILED")
    assert w.live() != made
    log = w.vercel.get(f"/v3/deployments/{made}/events?builds=1&direction=backward&limit=1").json()
    assert "exited with 1" in log[0]["text"]


def test_a_slow_build_takes_ten_times_as_long(w: World) -> None:
    w.switches.build_slow = True
    made = w.deploy().json()["id"]
    w.clock.pass_build()
    assert w.vercel.get(f"/v13/deployments/{made}").json()["readyState"] == "INITIALIZING"


def test_the_build_log_grows_and_is_followed_to_its_end(w: World) -> None:
    made = w.deploy().json()["id"]
    first = w.vercel.get(f"/v3/deployments/{made}/events").json()
    w.clock.pass_build()
    streamed = w.vercel.get(f"/v3/deployments/{made}/events?follow=1").text.splitlines()
    assert len(first) < len(streamed)
    assert json.loads(streamed[-1])["text"] == "Deployment completed"


def test_a_build_is_canceled_once(w: World) -> None:
    made = w.deploy().json()["id"]
    assert w.vercel.patch(f"/v12/deployments/{made}/cancel").json()["readyState"] == "CANCELED"
    assert w.vercel.patch(f"/v12/deployments/{made}/cancel").status_code == 400
    assert w.acted() == ["create", "cancel"]


def test_a_rollback_moves_traffic_and_pins_production(w: World) -> None:
    before, target = w.live(), w.candidates()[0]
    answer = w.roll_back(target, description="Checkout is down")
    assert (answer.status_code, answer.content) == (201, b"")
    asked = w.project()
    assert asked["lastAliasRequest"]["jobStatus"] == "pending"
    assert asked["targets"]["production"]["id"] == before
    w.clock.pass_alias()
    done = w.project()
    assert done["lastAliasRequest"] == asked["lastAliasRequest"] | {"jobStatus": "succeeded"}
    assert (done["targets"]["production"]["id"], done["autoAssignCustomDomains"]) == (target, False)
    assert done["rollbackDescription"]["description"] == "Checkout is down"


def test_while_pinned_a_new_deployment_is_built_but_not_live_until_promoted(w: World) -> None:
    target = w.candidates()[0]
    w.roll_back(target)
    w.clock.pass_alias()
    made = w.deploy().json()["id"]
    w.clock.pass_build()
    w.clock.pass_alias()
    assert w.live() == target
    w.promote(made)
    w.clock.pass_alias()
    assert w.live() == made
    assert w.project()["autoAssignCustomDomains"] is True


def test_only_what_served_production_can_be_rolled_back_to(w: World) -> None:
    staged = next(one["uid"] for one in w.deployments() if one.get("readySubstate") == "STAGED")
    preview = w.deployments(target="preview")[0]["uid"]
    other = w.deployments(projectId=WEB)[0]["uid"]
    broken = w.deployments(state="ERROR")[0]["uid"]
    answers = [w.roll_back(one).status_code for one in (staged, preview, other, broken, "dpl_none", w.live())]
    assert answers == [422, 400, 404, 422, 404, 409]
    assert w.roll_back(w.candidates()[0], description="x" * 251).status_code == 400
    assert w.acted() == []


def test_a_second_request_supersedes_the_first(w: World) -> None:
    first, second = w.candidates()[:2]
    w.roll_back(first)
    w.roll_back(second)
    w.clock.pass_alias()
    assert w.live() == second


def test_an_alias_job_can_fail(w: World) -> None:
    w.switches.alias_job = "fail"
    before = w.live()
    w.roll_back(w.candidates()[0])
    w.clock.pass_alias()
    project = w.project()
    assert (project["lastAliasRequest"]["jobStatus"], w.live()) == ("failed", before)
    assert project["autoAssignCustomDomains"] is True
    failed = w.vercel.get(f"/v1/projects/{API}/promote/aliases?failedOnly=true").json()["aliases"]
    assert [one["alias"] for one in failed] == ["neonpro-api.vercel.app"]


def test_an_alias_job_can_hang(w: World) -> None:
    w.switches.alias_job = "hang"
    w.roll_back(w.candidates()[0])
    w.clock.at += 100_000
    assert w.project()["lastAliasRequest"]["jobStatus"] == "in-progress"


@pytest.mark.parametrize(("answer", "status"), [("conflict", 409), ("limited", 429)])
def test_a_refused_rollback_does_nothing(w: World, answer: str, status: int) -> None:
    w.switches.set("traffic_answer", answer)
    said = w.roll_back(w.candidates()[0])
    assert (said.status_code, w.acted()) == (status, [])
    assert (said.headers.get("retry-after") is not None) == (status == 429)


@pytest.mark.parametrize(("answer", "status"), [("broken", 500), ("queued", 202)])
def test_an_odd_answer_hides_a_rollback_that_happens(w: World, answer: str, status: int) -> None:
    w.switches.set("traffic_answer", answer)
    target = w.candidates()[0]
    assert w.roll_back(target).status_code == status
    w.clock.pass_alias()
    w.clock.pass_alias()
    assert (w.acted(), w.live()) == (["rollback"], target)


def test_a_lost_answer_hides_a_change_that_happens(w: World) -> None:
    target = w.candidates()[0]
    w.switches.traffic_answer = w.switches.create_answer = "lost"
    with pytest.raises(httpx.RemoteProtocolError):
        w.roll_back(target)
    with pytest.raises(httpx.RemoteProtocolError):
        w.deploy()
    assert w.acted() == ["rollback", "create"]


@pytest.mark.parametrize(("reads", "status"), [("limited", 429), ("broken", 500)])
def test_reads_can_fail(w: World, reads: str, status: int) -> None:
    w.switches.set("vercel_reads", reads)
    assert w.vercel.get(f"/v9/projects/{API}").status_code == status
    w.switches.set("vercel_reads", "unreachable")
    with pytest.raises(httpx.RemoteProtocolError):
        w.vercel.get(f"/v9/projects/{API}")


def test_the_reason_of_a_rollback_can_be_changed(w: World) -> None:
    target = w.candidates()[0]
    path = f"/v1/projects/{API}/rollback/{target}/update-description"
    assert w.vercel.patch(path, json={"description": "too early"}).status_code == 404
    w.roll_back(target, description="first")
    w.clock.pass_alias()
    assert w.vercel.patch(path, json={"description": "second"}).status_code == 200
    assert w.project()["rollbackDescription"]["description"] == "second"


def test_there_is_no_rolling_release(w: World) -> None:
    assert w.vercel.get(f"/v1/projects/{API}/rolling-release").json() == {"rollingRelease": None}


def test_every_change_is_recorded_and_heard(w: World) -> None:
    heard: list[int] = []
    w.neonpro.on_change = lambda: heard.append(1)
    made = w.deploy().json()["id"]
    w.clock.pass_build()
    w.clock.pass_alias()
    assert w.live() == made
    change = w.neonpro.mutations[-1]
    assert (change.kind, change.project, change.deployment) == ("create", API, made)
    assert len(heard) == 2, "once for the build, once for going live"
