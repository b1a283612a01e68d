"""HTTP mode: Slack's signed requests come in over the web port; nobody else's do."""

import time
from urllib.parse import urlencode

import httpx

from sandbox.slack.posts import signature
from whole.workspace import Workspace

SCOPE = "Determine scope and impact"


def _request(secret: str, at: float | None = None) -> tuple[bytes, dict[str, str]]:
    fields = {"command": "/incident", "text": "p1 Forged", "user_id": "U01ALICE", "team_id": "T0PRACTICE",
              "channel_id": "C0DEVOPS", "trigger_id": "1.2.3", "response_url": "http://127.0.0.1:1/"}  # fmt: skip
    body, timestamp = urlencode(fields).encode(), str(int(at or time.time()))
    return body, {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(secret, timestamp, body),
    }


async def _sent(url: str, body: bytes, headers: dict[str, str]) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.post(f"{url}/slack/events", content=body, headers=headers)).status_code


async def test_an_incident_over_http(workspace: Workspace) -> None:
    await workspace.serve_http()
    assert workspace.slack.connections == 0
    room = await workspace.declare("p1 Checkout is down")
    assert (await room.card.tick(SCOPE, by=workspace.bruno)).ok
    await room.card.shows(f"✅ {SCOPE}")


async def test_slacks_challenge_is_answered(workspace: Workspace) -> None:
    url = await workspace.serve_http()
    await workspace.slack.verify_request_url(f"{url}/slack/events")


async def test_a_form_over_http_shows_its_error_at_the_field(workspace: Workspace) -> None:
    await workspace.serve_http()
    await workspace.alice.types("/incident")
    assert "title" in (await workspace.alice.submits(title=" ")).errors


async def test_a_forged_signature_is_refused(workspace: Workspace) -> None:
    url = await workspace.serve_http()
    assert await _sent(url, *_request("not-the-secret")) == 401
    assert await workspace.read(lambda tx: tx.incidents.find()) == []


async def test_an_old_request_is_refused(workspace: Workspace) -> None:
    url = await workspace.serve_http()
    assert await _sent(url, *_request(workspace.slack.signing_secret, time.time() - 400)) == 401
    assert await workspace.read(lambda tx: tx.incidents.find()) == []


async def test_an_unsigned_request_is_refused(workspace: Workspace) -> None:
    url = await workspace.serve_http()
    body, headers = _request(workspace.slack.signing_secret)
    assert await _sent(url, body, {"Content-Type": headers["Content-Type"]}) == 401


async def test_health_readiness_and_metrics_are_served(workspace: Workspace) -> None:
    url = await workspace.serve_http()
    await workspace.alice.types("/incident list")
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        assert (await client.get("/readyz")).json() == {"ready": True, "slack": True, "database": True}
        metrics = (await client.get("/metrics")).text
    assert 'neonops_slack_calls_total{method="auth.test",outcome="ok"}' in metrics
    assert "neonops_effects_waiting 0.0" in metrics
    assert "neonops_acknowledge_seconds NaN" in metrics


async def test_without_a_connection_to_slack_it_is_not_ready(workspace: Workspace) -> None:
    workspace.slack.faults.refuse_sockets = True
    await workspace.slack.disconnect("cut")

    async def says() -> bool:
        return await workspace.bot.ready() == {"slack": False, "database": True}

    await workspace.until(says)
