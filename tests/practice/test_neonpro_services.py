"""NeonPro's endpoints, the vendors' status pages and the page's switches."""

from collections.abc import Iterator

import httpx
import pytest
from neonpro_world import Stage, World, staged, world

HEALTH = {
    "/services/api/health": "ok",
    "/services/api/api/health": "ok",
    "/services/api/api/health/database": "ok",
    "/services/api/api/health/ai": "ok",
    "/services/api/api/health/auth": "ok",
    "/services/api/api/chat/health": "ok",
    "/services/web/api/health": "ok",
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as made:
        yield made


@pytest.fixture
def w(stage: Stage) -> Iterator[World]:
    with world(stage) as made:
        yield made


def told(w: World, path: str) -> tuple[int, str]:
    answer = w.plain.get(path)
    return answer.status_code, answer.json()["status"]


def test_every_endpoint_of_the_runbook_answers_with_the_live_deployment(w: World) -> None:
    for path, status in HEALTH.items():
        answer = w.plain.get(path)
        live = w.live("neonpro-" + path.split("/")[2])
        assert (answer.status_code, answer.json()["status"]) == (200, status)
        assert answer.json()["deployment"] == answer.headers["x-deployment-id"] == live


@pytest.mark.parametrize("path", ["/services/web/assets/main.js", "/services/web/sw.js"])
def test_the_web_application_serves_its_scripts(w: World, path: str) -> None:
    assert w.plain.head(path).status_code == 200
    assert w.plain.get(path).headers["content-type"].startswith("text/javascript")


def test_what_does_not_exist_is_404(w: World) -> None:
    paths = ("/services/api/nothing", "/services/mail/health", "/deployments/dpl_none/health")
    assert [w.plain.get(path).status_code for path in paths] == [404] * 3


@pytest.mark.parametrize(
    ("switch", "path", "expected", "overall"),
    [
        ("ai_fails", "/services/api/api/health/ai", (503, "error"), (200, "degraded")),
        ("ai_fails", "/services/api/api/chat/health", (503, "error"), (200, "degraded")),
        ("auth_fails", "/services/api/api/health/auth", (503, "error"), (200, "degraded")),
        ("database_fails", "/services/api/api/health/database", (503, "error"), (503, "error")),
    ],
)
def test_a_group_of_endpoints_fails_by_its_switch(
    w: World, switch: str, path: str, expected: tuple[int, str], overall: tuple[int, str]
) -> None:
    w.switches.set(switch, True)
    assert told(w, path) == expected
    assert told(w, "/services/api/health") == overall
    assert told(w, "/services/web/api/health") == (200, "ok")


def test_a_service_can_be_down_or_unreachable(w: World) -> None:
    w.switches.api, w.switches.web = "down", "unreachable"
    assert told(w, "/services/api/health") == (503, "error")
    with pytest.raises(httpx.RemoteProtocolError):
        w.plain.get("/services/web/api/health")


def test_a_slow_service_is_slow(w: World) -> None:
    w.switches.slow_ms = 300
    with pytest.raises(httpx.ReadTimeout):
        w.plain.get("/services/api/health", timeout=0.1)
    assert told(w, "/services/api/health") == (200, "ok")


def test_the_error_rate_is_exact(w: World) -> None:
    w.switches.error_rate = 25
    codes = [w.plain.get("/services/web/sw.js").status_code for _ in range(20)]
    assert codes.count(500) == 5


def test_rolling_back_mends_a_broken_release(w: World) -> None:
    w.switches.api_release_bad = True
    assert told(w, "/services/api/health") == (500, "error")
    assert told(w, "/services/web/api/health") == (200, "ok")
    w.roll_back(w.candidates()[0])
    w.clock.pass_alias()
    assert told(w, "/services/api/health") == (200, "ok")


def test_one_release_of_the_past_is_bad(w: World) -> None:
    codes = {one: w.plain.get(f"/deployments/{one}/health").status_code for one in w.candidates()}
    assert sorted(codes.values()) == [200, 200, 200, 200, 500]


@pytest.mark.parametrize("said", ["minor", "major", "critical"])
def test_a_vendor_tells_of_an_incident(w: World, said: str) -> None:
    w.switches.set("vercel", said)
    summary = w.plain.get("/status/vercel/api/v2/summary.json").json()
    assert summary["status"]["indicator"] == said
    assert [one["impact"] for one in summary["incidents"]] == [said]
    assert summary["components"][0]["status"] != "operational"
    assert w.plain.get("/status/supabase/api/v2/summary.json").json()["incidents"] == []


def test_a_vendor_tells_of_a_maintenance(w: World) -> None:
    w.switches.supabase = "maintenance"
    summary = w.plain.get("/status/supabase/api/v2/summary.json").json()
    assert [one["status"] for one in summary["scheduled_maintenances"]] == ["in_progress"]


def test_a_status_page_can_be_unreachable_or_unknown(w: World) -> None:
    w.switches.github = "unreachable"
    with pytest.raises(httpx.RemoteProtocolError):
        w.plain.get("/status/github/api/v2/summary.json")
    assert w.plain.get("/status/nobody/api/v2/summary.json").status_code == 404


def test_the_page_shows_every_switch_with_an_explanation(w: World) -> None:
    switches = w.plain.get("/ui/neonpro").json()["switches"]
    assert list(dict.fromkeys(one["group"] for one in switches)) == [
        "Services",
        "Deployments",
        "Vendors",
        "Metrics",
        "Database",
        "GitHub",
        "Checkout",
    ]
    for one in switches:
        assert one["text"].endswith(".")
        assert one["kind"] in ("toggle", "choice", "number")
        assert one["kind"] != "choice" or one["value"] in one["choices"]


def test_the_page_sets_a_switch(w: World) -> None:
    heard: list[int] = []
    w.neonpro.on_change = lambda: heard.append(1)
    shown = w.plain.post("/ui/neonpro", json={"id": "ai_fails", "value": True}).json()
    assert next(one["value"] for one in shown["switches"] if one["id"] == "ai_fails") is True
    assert (w.switches.ai_fails, heard) == (True, [1])


@pytest.mark.parametrize(
    "body",
    [
        {"id": "nothing", "value": True},
        {"id": "on_set", "value": True},
        {"id": "api", "value": "sideways"},
        {"id": "slow_ms", "value": -1},
        {"id": "slow_ms", "value": True},
        {"id": "ai_fails", "value": "yes"},
        {"id": "ai_fails"},
        [],
    ],
)
def test_the_page_refuses_what_is_no_switch_or_value(w: World, body: object) -> None:
    before = w.switches.described()
    answer = w.plain.post("/ui/neonpro", json=body)
    assert (answer.status_code, answer.json()["ok"]) == (400, False)
    assert w.switches.described() == before


def test_the_page_tells_what_is_live_pinned_and_changed(w: World) -> None:
    target = w.candidates()[0]
    w.roll_back(target, description="Checkout is down")
    w.clock.pass_alias()
    facts = {one["title"]: one["value"] for one in w.plain.get("/ui/neonpro").json()["facts"]}
    assert facts["neonpro-api live"].startswith(target)
    assert facts["neonpro-api production"].endswith("Checkout is down")
    assert facts["neonpro-web production"] == "follows new deployments"
    assert facts["Database"] == "no PostgreSQL: not started"
    assert f"rollback neonpro-api {target} Checkout is down" in facts.values()


def metric(w: World, query: str) -> tuple[int, list[str]]:
    answer = w.plain.post("/prometheus/api/v1/query", data={"query": query})
    result = answer.json().get("data", {}).get("result", ())
    return answer.status_code, [one["value"][1] for one in result]


def test_prometheus_says_what_the_switches_say(w: World) -> None:
    errors = 'sum(rate(http_requests_total{status=~"5.."}[5m]))'
    assert metric(w, errors) == (200, ["0.12"])
    w.switches.error_rate = 25
    assert metric(w, errors) == (200, ["25.12"])
    assert metric(w, "unheard_of") == (200, [])
    assert metric(w, "sum(") == (400, [])
    w.switches.metrics = "no data"
    assert metric(w, errors) == (200, [])
