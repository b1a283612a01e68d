"""/health: every check asked at once; no answer is never healthy; results are kept."""

from pathlib import Path

from bot.runbook.load import bundled_path
from whole.runbooks import INCIDENT, runbook
from whole.workspace import Card, Workspace


async def _card(workspace: Workspace, what: str = "", header: str = "") -> Card:
    assert "Checking" in await workspace.fabio.types(f"/health {what}")
    card = Card(workspace, "devops", header)
    await card.shows("[Check again]")
    await workspace.settled()
    return card


async def test_all_is_healthy(workspace: Workspace) -> None:
    card = await _card(workspace, header="All healthy")
    assert "🟢 All healthy" in card.text
    assert card.text.count("🟢") == 1 + 10 + 3


async def test_the_answer_comes_before_any_check(workspace: Workspace) -> None:
    workspace.neonpro.switches.slow_ms = 3000
    assert "Checking everything" in await workspace.fabio.types("/health")
    assert await workspace.read(lambda tx: tx.health.find()) == []
    await workspace.crash()


async def test_a_service_that_is_down_fails(workspace: Workspace) -> None:
    workspace.neonpro.switches.api = "down"
    card = await _card(workspace, header="4 checks failing")
    assert "🔴 Overall health" in card.text
    assert "503" in card.text


async def test_a_service_that_does_not_answer_is_not_healthy(workspace: Workspace) -> None:
    workspace.neonpro.switches.web = "unreachable"
    card = await _card(workspace, "web")
    assert "🟢" not in card.text


async def test_a_slow_answer_shows_how_long_it_took(workspace: Workspace) -> None:
    workspace.neonpro.switches.slow_ms = 300
    card = await _card(workspace, "web", header="All healthy")
    assert any(int(part.split(" ms")[0]) >= 300 for part in card.text.split("·  ")[1:] if " ms" in part)


async def test_an_answer_slower_than_the_runbook_warns_of_is_not_called_healthy(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "own.yml"
    path.write_text(bundled_path().read_text("utf-8").replace("above: 2000,", "above: 200,"), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    workspace.neonpro.switches.slow_ms = 250
    card = await _card(workspace, "web", header="3 checks are slow")
    assert "🟢" not in card.text
    assert "too slow: response_time_p95 &gt; 2000ms" in card.text


async def test_a_kept_answer_of_a_vendor_shows_when_it_was_asked(workspace: Workspace) -> None:
    first = (await _card(workspace, "vendors", header="All healthy")).line("Vercel")
    workspace.clock.forward(seconds=30)
    assert "Checking" in await workspace.fabio.types("/health vendors")
    cards = Card(workspace, "devops", "All healthy")
    await workspace.until(lambda: len(cards.messages) == 2)
    assert cards.line("Vercel") == first


async def test_a_runbook_without_checks_says_so(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_text(runbook([INCIDENT]), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    answer = await workspace.fabio.types("/health")
    assert "The runbook has no health checks and no vendors" in answer
    assert "The runbook has no vendors" in await workspace.fabio.types("/health vendors")


async def test_a_vendors_outage_is_named(workspace: Workspace) -> None:
    workspace.neonpro.switches.vercel = "major"
    card = await _card(workspace, "vendors", header="Vercel degraded")
    assert "🔴 Vercel" in card.text


async def test_a_vendor_that_does_not_answer_is_not_healthy(workspace: Workspace) -> None:
    workspace.neonpro.switches.supabase = "unreachable"
    card = await _card(workspace, "vendors", header="no answer from Supabase")
    assert "⚪ Supabase" in card.text


async def test_a_database_that_is_away_is_not_healthy(workspace: Workspace) -> None:
    workspace.neonpro.switches.database_away = True
    card = await _card(workspace, "database", header="3 checks failing")
    assert "🟢" not in card.text


async def test_without_a_dsn_the_database_is_unknown(workspace: Workspace) -> None:
    await workspace.restart(NEONPRO_DATABASE_URL="", SUPABASE_ACCESS_TOKEN="")
    card = await _card(workspace, "database", header="3 unknown")
    assert "NEONPRO_DATABASE_URL is not set" in card.text


async def test_results_are_kept(workspace: Workspace) -> None:
    workspace.neonpro.switches.ai_fails = True
    await _card(workspace, "api", header="fail")
    kept = await workspace.read(lambda tx: {r.check_id: r.state for r in tx.health.find()})
    assert kept["api_ai"] == "unhealthy"
    assert kept["api_database"] == "healthy"


async def test_the_button_looks_again(workspace: Workspace) -> None:
    workspace.neonpro.switches.api = "down"
    card = await _card(workspace, "api", header="4 checks failing")
    workspace.neonpro.switches.api = "up"
    await card.press("Check again", by=workspace.elisa)
    await Card(workspace, "devops", "All healthy").appears()


async def test_a_card_whose_answer_was_lost_is_posted_once(workspace: Workspace) -> None:
    workspace.slack.faults.lose("chat.postMessage")
    card = await _card(workspace, "api")
    assert len(card.messages) == 1
    assert len(await workspace.read(lambda tx: tx.health.find())) == 4


async def test_where_the_bot_may_not_post_the_asker_is_told(workspace: Workspace) -> None:
    await workspace.slack.create_channel("fabio", "secret-room", is_private=True)
    await workspace.fabio.types("/health api", "secret-room")
    assert "All healthy" in await workspace.fabio.is_told("All healthy")
