"""Rolling back when it matters: a schema that is ahead, an emergency, a deploy that is in the way or went wrong."""

import asyncio
import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.runs.model import RunState, StepState
from whole.runbooks import bundled_data, short_data, written
from whole.workspace import Card, Workspace

ITEM = "Initiate rollback if necessary"
DROP = "20990101000000_drop_status"
FOLDER = "packages/database/prisma/migrations"
SQL = '-- no status any more\nALTER TABLE "appointments" DROP COLUMN "status";\n'


def _git(where: Path, *words: str) -> str:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    return subprocess.run(["git", *who, *words], cwd=where, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def migrated(workspace: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """A migration that drops a column was applied just now, and stands in a branch of the repository."""
    workdir, tree = workspace.neonpro.checkout.workdir, tmp_path / "tree"
    _git(workdir, "worktree", "add", "--quiet", "-b", "drop-status", str(tree))
    (tree / FOLDER / DROP).mkdir(parents=True)
    (tree / FOLDER / DROP / "migration.sql").write_text(SQL)
    _git(tree, "add", "--all")
    _git(tree, "commit", "--quiet", "--message", "Drop the status")
    checksum = hashlib.sha256(SQL.encode()).hexdigest()
    with psycopg.connect(workspace.neonpro.database.dsn) as connection:
        connection.execute(
            "insert into _prisma_migrations (id, checksum, migration_name, finished_at) values (%s, %s, %s, now())",
            ("drop", checksum, DROP),
        )
    yield workspace
    with psycopg.connect(workspace.neonpro.database.dsn) as connection:
        connection.execute("delete from _prisma_migrations where id = 'drop'")
    _git(workdir, "worktree", "remove", "--force", str(tree))
    _git(workdir, "branch", "-D", "drop-status")


@pytest.fixture
def short(loop: asyncio.Runner, workspace: Workspace) -> Workspace:
    """The workspace with a deploy of few steps."""
    loop.run(_restart_with(workspace, short_data("migrate")))
    return workspace


async def _restart_with(workspace: Workspace, whole: dict[str, Any]) -> None:
    path = workspace.world.directory / "own.yml"
    path.write_text(written(whole), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))


def _moves(workspace: Workspace) -> list[tuple[str, str]]:
    return [(each.kind, each.project) for each in workspace.neonpro.mutations]


def _live(workspace: Workspace, project: str = "neonpro-api") -> str:
    return workspace.neonpro.vercel.live(project).id


def _live_card(workspace: Workspace, where: str = "devops") -> Card:
    return Card(workspace, where, "Roll back", without=": pre-")


async def _asked(workspace: Workspace, text: str = "api") -> Card:
    assert (await workspace.bruno.types(f"/rollback {text}")).ok
    card = Card(workspace, "devops", "Roll back")
    await card.shows("goes back to")
    await workspace.settled()
    return card


# What the card says before it asks.


async def test_every_candidate_shows_its_date_author_and_verdict(workspace: Workspace) -> None:
    card = await _asked(workspace)
    line = card.line("▫️")
    assert "Alice Andrade" in line or "Bruno Barros" in line or "Carla Costa" in line
    assert ", created <!date^" in line
    assert "no health record" in line


async def test_a_later_migration_is_named_with_what_it_drops_and_confirmed_a_second_time(migrated: Workspace) -> None:
    card = await _asked(migrated)
    await card.shows("⛔ *The database's schema is ahead*")
    assert f"`{DROP}`" in card.line(DROP)
    assert card.line(DROP).endswith('⚠️ `ALTER TABLE "appointments" DROP COLUMN "status"`')
    sure = card.button("Roll back")["confirm"]
    assert sure["title"]["text"] == "The database is ahead of that code"
    assert sure["confirm"]["text"] == "Roll back anyway"
    await card.press("Roll back", by=migrated.bruno)
    live = _live_card(migrated)
    await live.shows("🟢 *done*", 30)
    assert DROP in live.text


async def test_a_migration_that_came_after_the_card_was_drawn_is_asked_about(workspace: Workspace) -> None:
    card = await _asked(workspace)
    await card.lacks("Comparing")
    try:
        with psycopg.connect(workspace.neonpro.database.dsn) as connection:
            connection.execute(
                "insert into _prisma_migrations (id, checksum, migration_name, finished_at)"
                " values ('late', 'x', '20990102_late', now())"
            )
        await card.press("Roll back", by=workspace.bruno)
        await card.shows("It did not start: the schema is further ahead than the card showed")
        assert "its SQL is not in the repository" in card.line("20990102_late")
        assert _moves(workspace) == []
    finally:
        with psycopg.connect(workspace.neonpro.database.dsn) as connection:
            connection.execute("delete from _prisma_migrations where id = 'late'")


async def test_a_schema_that_cannot_be_compared_is_said_and_holds_nothing_up(workspace: Workspace) -> None:
    workspace.neonpro.switches.database_away = True
    card = await _asked(workspace)
    await card.shows("❓ *The database's schema could not be compared*")
    await card.press("Roll back", by=workspace.bruno)
    await _live_card(workspace).shows("could not be compared", 30)
    await workspace.until(lambda: ("rollback", "neonpro-api") in _moves(workspace), 30)


async def test_the_card_warns_of_environment_cron_jobs_and_the_pin(workspace: Workspace) -> None:
    card = await _asked(workspace)
    await card.shows("Environment variables and cron jobs go back to those of that build (API of ")
    assert "Production will be pinned there" in card.text


# The emergency.


async def test_an_emergency_asks_once_and_goes_back_by_itself_in_public(workspace: Workspace) -> None:
    before = _live(workspace), _live(workspace, "neonpro-web")
    assert (await workspace.bruno.types("/rollback all --emergency checkout is down")).ok
    assert (await workspace.bruno.submits(reason="checkout is down")).ok
    await _live_card(workspace).shows("🟢 *done*", 40)
    assert _moves(workspace) == [("rollback", "neonpro-api"), ("rollback", "neonpro-web")]
    assert before != (_live(workspace), _live(workspace, "neonpro-web"))
    said = [m.text for m in workspace.slack.messages("devops") if "emergency rollback" in m.text]
    assert len(said) == 1
    assert "checkout is down" in said[0]
    assert [event.data["why"] for event in await workspace.events("rollback.emergency")] == ["checkout is down"]
    await workspace.until(lambda: workspace.read(lambda tx: tx.holds.get("production", "lock")))


@pytest.mark.parametrize("name", ["elisa", "fabio", "carla"])
async def test_an_emergency_takes_its_role(workspace: Workspace, name: str) -> None:
    answer = await getattr(workspace, name).types("/rollback all --emergency now")
    assert "You may not start an emergency rollback" in answer
    assert await workspace.read(lambda tx: tx.runs.find()) == []


async def test_with_approval_somebody_else_confirms_or_it_is_an_emergency(workspace: Workspace) -> None:
    whole = bundled_data()
    whole["rollbacks"]["approval"] = True
    back = next(each for each in whole["procedures"] if each["id"] == "rollback")
    back["phases"][0]["steps"].append({"id": "told", "text": "Users are told"})
    await _restart_with(workspace, whole)
    card = await _asked(workspace)
    assert "Users are told" in card.text
    await card.tick("Users are told", by=workspace.bruno)
    await card.press("Roll back", by=workspace.bruno)
    await workspace.bruno.sees("another person must confirm it")
    await card.press("Emergency…", by=workspace.bruno)
    assert (await workspace.bruno.submits(reason="nobody else is awake")).ok
    await _live_card(workspace).shows("🟢 *done*", 30)


# A deploy that went wrong.


async def test_a_deploy_is_aborted_at_a_persons_step_and_goes_back(short: Workspace) -> None:
    before = _live(short)
    live = await short.approve_deploy("api main")
    await live.shows("👉 *Test critical user flows*", 40)
    assert _live(short) != before
    await live.press("Abort and roll back", by=short.bruno)
    await live.shows("🔴 *aborted*")
    assert "The database's schema was changed by this run" in live.text
    await _live_card(short).shows("🟢 *done*", 40)
    assert _live(short) == before
    ended = next(m.text for m in short.slack.messages("devops") if "(run 1): " in m.text and "took" in m.text)
    assert "Run 2 is its rollback." in ended


async def test_a_deploy_is_aborted_while_vercel_moves_the_traffic(short: Workspace) -> None:
    before = _live(short)
    short.neonpro.vercel.alias_seconds = 1.0
    live = await short.approve_deploy("api main")
    await short.until(lambda: ("promote", "neonpro-api") in _moves(short), 40)
    await live.press("Abort and roll back", by=short.bruno)
    await _live_card(short).shows("🟢 *done*", 40)
    assert _live(short) == before
    assert _moves(short) == [("create", "neonpro-api"), ("promote", "neonpro-api"), ("rollback", "neonpro-api")]


async def test_the_bot_breaks_off_between_the_abort_and_the_rollback(short: Workspace) -> None:
    before = _live(short)
    short.neonpro.vercel.alias_seconds = 3.0
    live = await short.approve_deploy("api main")
    await live.shows("[Abort and roll back]", 40)
    await live.press("Abort and roll back", by=short.bruno)
    await short.crash()
    await short.start()
    await _live_card(short).shows("🟢 *done*", 60)
    assert _live(short) == before
    assert [kind for kind, _ in _moves(short)].count("rollback") == 1


async def test_a_step_that_has_not_begun_is_skipped_with_a_reason(short: Workspace) -> None:
    short.neonpro.vercel.build_seconds = 3.0
    live = await short.approve_deploy("api main")
    await live.press("Skip a step…", by=short.bruno)
    assert (await short.bruno.submits(item="Test critical user flows", reason="Tested on staging")).ok
    await live.shows("🟢 *done*", 60)
    assert (await short.step("user_flows")).state is StepState.SKIPPED


async def test_a_waiting_deploy_offers_only_its_own_items_for_skipping(short: Workspace) -> None:
    card = await short.ask_deploy("api main")
    await short.settled()
    await card.press("Skip an item…", by=short.bruno)
    view = await short.bruno.form()
    texts = [option["text"]["text"] for option in view.blocks[0]["element"]["options"]]
    assert texts == ["All code changes reviewed and approved"]


# From an incident.


async def test_a_rollback_of_an_incident_takes_production_over_from_a_deploy(short: Workspace) -> None:
    before = _live(short)
    live = await short.approve_deploy("api main")
    await live.shows("👉 *Test critical user flows*", 40)
    room = await short.declare("p1 Checkout is down")
    await room.card.press("Start: Rollback", ITEM, by=short.bruno)
    card = Card(short, room.id, ": pre-")
    await card.shows("is in progress")
    await card.press("Abort run 1 and roll back", by=short.bruno)
    await live.shows("🔴 *aborted*")
    await room.card.shows(f"✅ {ITEM}", 40)
    await room.card.shows("Roll back API to before run 1: done in")
    assert _live(short) == before
    assert "API → " in await room.hears("Roll back API to before run 1: done in")
    assert (await short.run(3)).state is RunState.CANCELLED


async def test_a_deploy_of_which_nothing_is_live_makes_way_for_the_rollback(short: Workspace) -> None:
    short.neonpro.switches.local_build_fails = True
    live = await short.approve_deploy("api main")
    await live.shows("⚠️ *Verify local build* failed", 30)
    room = await short.declare("p1 Checkout is down")
    await room.card.press("Start: Rollback", ITEM, by=short.bruno)
    card = Card(short, room.id, ": pre-")
    await card.shows("goes back to")
    await card.press("Abort run 1 and roll back", by=short.bruno)
    await room.card.shows(f"✅ {ITEM}", 40)
    assert _moves(short) == [("rollback", "neonpro-api"), ("rollback", "neonpro-web")]


async def test_a_rollback_typed_in_the_incidents_channel_ticks_its_item(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types("/rollback api", room.id)
    card = Card(workspace, room.id, "Roll back")
    await card.shows("goes back to")
    await workspace.settled()
    await card.press("Roll back", by=workspace.bruno)
    await room.card.shows(f"✅ {ITEM}", 40)


async def test_an_incident_is_told_what_moved_where_and_how_long_it_took(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Start: Rollback", ITEM, by=workspace.bruno)
    card = Card(workspace, room.id, "Roll back")
    await card.shows("goes back to")
    await workspace.settled()
    await card.press("Roll back", by=workspace.bruno)
    said = await room.hears("Roll back API and Web Application: done in ")
    assert f"API → {_live(workspace)}" in said
    assert "(API " in said
    answer = await workspace.alice.types("/incident timeline", room.id)
    assert "Roll back API and Web Application: done in " in answer


async def test_an_emergency_that_cannot_start_says_why_and_what_can_be_done(workspace: Workspace) -> None:
    workspace.neonpro.switches.vercel_reads = "unreachable"
    assert (await workspace.bruno.types("/rollback all --emergency checkout is down")).ok
    assert (await workspace.bruno.submits(reason="checkout is down")).ok
    card = Card(workspace, "devops", "Roll back")
    await card.shows("It did not start: the deployment to roll back to is unknown for API and Web Application.")
    assert "Next: look up the deployments again" in card.text
    assert set(card.buttons()) == {"Run again", "Cancel"}
    for words in ("looking up", "Confirm it again", "items done"):
        assert words not in card.text
    workspace.neonpro.switches.vercel_reads = "normal"
    await card.press("Run again", by=workspace.bruno)
    await card.shows("Confirm it again.")
    await card.press("Roll back", by=workspace.bruno)
    await _live_card(workspace).shows("🟢 *done*", 40)


async def test_with_nothing_to_go_back_to_nobody_is_asked_to_confirm(workspace: Workspace) -> None:
    vercel = workspace.neonpro.vercel
    for each in [*vercel.deployments]:
        if each not in (_live(workspace), _live(workspace, "neonpro-web")):
            del vercel.deployments[each]
    assert (await workspace.bruno.types("/rollback api")).ok
    card = Card(workspace, "devops", "Roll back")
    await card.shows("there is no earlier deployment to go back to")
    assert "Next:" not in card.text
    assert card.buttons() == ["Cancel"]
