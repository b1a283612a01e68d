"""The status page of the running bot: it follows what happens, is copied, and survives its database."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from bot.people import Actor
from bot.updates.model import Audience, UpdateStatus, Wording
from bot.updates.send import send
from whole.runbooks import bundled_data, written
from whole.workspace import Workspace, free_port


async def serve(workspace: Workspace, **more: str) -> str:
    """Restart the bot with the status page on; its address."""
    port = str(free_port())
    await workspace.restart(NEONOPS_WEB_PORT=port, NEONOPS_STATUS_PAGE="true", **more)
    return f"http://127.0.0.1:{port}"


async def summary(url: str) -> dict[str, Any]:
    async with httpx.AsyncClient() as http:
        found: dict[str, Any] = (await http.get(f"{url}/api/v2/summary.json")).raise_for_status().json()
    return found


def told(status: str) -> Wording:
    """What customers are told."""
    return Wording(Audience.CUSTOMERS, UpdateStatus(status), {"en": "Payments fail.", "pt": "Os pagamentos falham."})


async def test_it_is_off_unless_it_is_wanted(workspace: Workspace) -> None:
    port = str(free_port())
    await workspace.restart(NEONOPS_WEB_PORT=port)
    async with httpx.AsyncClient() as http:
        await workspace.until(lambda: http.get(f"http://127.0.0.1:{port}/healthz"))
        assert (await http.get(f"http://127.0.0.1:{port}/api/v2/summary.json")).status_code == 404


async def test_it_follows_an_incident_from_the_first_update_to_its_end(workspace: Workspace, tmp_path: Path) -> None:
    url = await serve(workspace, NEONOPS_STATUS_DIR=str(tmp_path / "copy"))
    room = await workspace.declare("p1 Nobody can pay")
    assert (await summary(url))["incidents"] == []
    tell = partial(workspace.bot.transactions.do, send, Actor("U01ALICE", "Alice", frozenset({"devops"})), room.number)
    await tell(told("identified"))
    await workspace.until(lambda: _indicator(url, "critical"))
    await workspace.alice.types(f"/incident {room.number} resolve", room.id)
    assert await _indicator(url, "critical")
    await tell(told("resolved"))
    await workspace.until(lambda: _indicator(url, "none"))
    copied = tmp_path / "copy/api/v2/incidents.json"
    assert await workspace.until(lambda: json.loads(copied.read_text())["incidents"][0]["status"] == "resolved")


async def _indicator(url: str, wanted: str) -> bool:
    return (await summary(url))["status"]["indicator"] == wanted


async def test_what_it_said_last_is_answered_while_the_database_is_away(workspace: Workspace) -> None:
    await workspace.restart_on_postgres()
    url = await serve(workspace)
    before = await summary(url)
    workspace.neonpro.switches.database_away = True
    workspace.clock.forward(minutes=1)
    assert await summary(url) == before
    async with httpx.AsyncClient() as http:
        assert "cannot be read now" in (await http.get(f"{url}/en")).text
    workspace.neonpro.switches.database_away = False
    workspace.clock.forward(minutes=1)
    await workspace.until(lambda: _current(url))


async def _current(url: str) -> bool:
    async with httpx.AsyncClient() as http:
        return "cannot be read now" not in (await http.get(f"{url}/en")).text


async def _pushing(workspace: Workspace, tmp_path: Path) -> None:
    """P1 is public at once, and Statuspage and Instatus are told."""
    book = bundled_data()
    book["status_page"]["incidents"][0]["at_once"] = {"text": "We are looking into it."}
    book["status_page"]["push"] = [
        {"provider": "statuspage", "components": {"api": "cmp1", "web": "cmp2"}},
        {"provider": "instatus"},
    ]
    (tmp_path / "runbook.yml").write_text(written(book))
    await workspace.restart(NEONOPS_RUNBOOK=str(tmp_path / "runbook.yml"))


async def test_other_providers_are_told_once_though_an_answer_is_lost(workspace: Workspace, tmp_path: Path) -> None:
    await _pushing(workspace, tmp_path)
    pages = workspace.neonpro.own_pages
    pages.answers = ["lost", "lost"]
    room = await workspace.declare("p1 Nobody can pay")
    await workspace.alice.types(f"/incident {room.number} resolve", room.id)
    await workspace.settled()
    assert [[each["status"] for each in found["incident_updates"]] for found in pages.statuspage] == [
        ["resolved", "investigating"]
    ]
    assert pages.statuspage[0]["components"] == {"cmp1": "operational", "cmp2": "operational"}
    assert [[each["status"] for each in found["updates"]] for found in pages.instatus] == [
        ["RESOLVED", "INVESTIGATING"]
    ]


async def test_a_provider_that_refuses_is_said_on_the_card(workspace: Workspace, tmp_path: Path) -> None:
    await _pushing(workspace, tmp_path)
    await workspace.restart(STATUSPAGE_API_KEY="wrong")
    room = await workspace.declare_soon("p1 Nobody can pay")
    await room.card.appears()
    await room.card.shows("Update the status page")
    assert workspace.neonpro.own_pages.statuspage == []
