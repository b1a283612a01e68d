"""`/rollback database`: two people, the current state first, whole or not at all, never twice."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from torture import some

from bot.people import absence
from bot.runs.model import RunState, StepRecord, StepState
from sandbox.slack import Person
from sandbox.slack.deliveries import Ack
from whole.estate import Estate, World, found_estate
from whole.runbooks import bundled_data, written
from whole.workspace import Card, Member, Workspace

BACKUP = {"id": "dump", "kind": "supabase.backup", "text": "Dump", "postgres": "DIRECT_URL"}
RUN = 2
"""The restore: run 1 took the backup."""


@pytest.fixture(scope="module")
def own_estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """A PostgreSQL of these tests' own: rows are lost here. `pristine` holds them all."""
    made = found_estate(tmp_path_factory.mktemp("own") / "estate")
    _at_postgres(made, "CREATE DATABASE pristine TEMPLATE neonpro")
    yield made
    made.database.stop()


@pytest.fixture
def estate(own_estate: Estate) -> Estate:
    """Every row is in it again, and the spare database is empty."""
    _at_postgres(own_estate, "DROP DATABASE neonpro WITH (FORCE)", "CREATE DATABASE neonpro TEMPLATE pristine")
    own_estate.database.empty_spare()
    return own_estate


def _at_postgres(estate: Estate, *statements: str) -> None:
    with psycopg.connect(estate.database.dsn, dbname="postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.fixture
def backed_up(loop: asyncio.Runner, workspace: Workspace) -> Workspace:
    """The workspace with one proven dump."""
    loop.run(_back_up(workspace))
    loop.run(workspace.settled())
    return workspace


async def _back_up(workspace: Workspace) -> None:
    workspace.neonpro.supabase.restore_seconds = 1.0
    whole = bundled_data()
    p1 = next(each for each in whole["procedures"] if each["id"] == "incident_p1")
    p1["phases"] = [{"id": "dump", "title": "Dump", "mode": "sequence", "steps": [BACKUP]}]
    path = workspace.world.directory / "restores.yml"
    path.write_text(written(whole), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    await workspace.declare_soon("p1 Rows are gone")
    await workspace.until(lambda: workspace.read(lambda tx: tx.backups.find()), 30)


def _sql(url: str, statement: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        done = connection.execute(statement.encode())
        return done.fetchall() if done.description else []


def _count(url: str, table: str) -> int:
    return int(_sql(url, f"SELECT count(*) FROM {table}")[0][0])


async def _asked(workspace: Workspace) -> Card:
    """`/rollback database` by Bruno; its first card, once it shows what can be restored."""
    answer = await workspace.bruno.types("/rollback database")
    assert "nothing is restored before another person" in answer, answer
    card = Card(workspace, "devops", ": pre-")
    await card.shows("checksum verified")
    return card


async def _chooses(workspace: Workspace, card: Card, **fields: str) -> Ack:
    await card.press("Choose…", by=workspace.bruno)
    return await workspace.bruno.submits(**{"backup": "1", "target": "new", "typed": "neonpro", **fields})


def _printed(record: StepRecord) -> str:
    return Path(record.output or "").read_text()


async def _approves(workspace: Workspace, card: Card, typed: str) -> Ack:
    await card.press("Approve the restore…", by=workspace.alice)
    return await workspace.alice.submits(typed=typed)


async def _live(workspace: Workspace, card: Card, **fields: str) -> Card:
    """What was chosen is approved; the live card."""
    assert (await _chooses(workspace, card, **fields)).ok
    await card.shows("Chosen:")
    assert (await _approves(workspace, card, fields.get("typed", "neonpro"))).ok
    live = Card(workspace, "devops", "Database rollback", without=": pre-")
    await live.appears()
    return live


async def _finishes(workspace: Workspace, live: Card) -> None:
    await live.shows("👉 *Run reverse migrations if needed*", 30)
    await live.tick("Run reverse migrations if needed", by=workspace.bruno)
    await live.shows("👉 *Run the compliance tests", 30)
    await live.tick("Run the compliance tests", by=workspace.alice)
    await live.shows("🟢 *done*", 30)


async def test_lost_rows_come_back_in_a_new_database_and_production_is_not_touched(backed_up: Workspace) -> None:
    database = backed_up.neonpro.database
    _sql(database.dsn, "DELETE FROM appointments")
    live = await _live(backed_up, await _asked(backed_up))
    await _finishes(backed_up, live)
    assert (_count(database.spare_dsn, "appointments"), _count(database.dsn, "appointments")) == (600, 0)
    assert (await backed_up.run(RUN)).approved_by == backed_up.alice.id
    after = Card(backed_up, "devops", ": follow-up")
    await after.shows("Point the applications at the restored database")
    assert backed_up.neonpro.mutations == []
    assert await backed_up.timeline_is_whole()


async def test_lost_rows_come_back_in_place_and_later_tables_go(backed_up: Workspace) -> None:
    url = backed_up.neonpro.database.dsn
    _sql(url, "DELETE FROM consents; CREATE TABLE later (id int, user_id text REFERENCES users (id))")
    live = await _live(backed_up, await _asked(backed_up), target="in_place", typed="production")
    await _finishes(backed_up, live)
    assert _count(url, "consents") == 240
    assert _sql(url, "SELECT to_regclass('public.later')") == [(None,)]
    backups = await backed_up.read(lambda tx: tx.backups.find(run_id=RUN))
    assert [backup.rows["public.later"] for backup in backups] == [0], "the state before it is kept"


async def test_two_people_are_needed(backed_up: Workspace) -> None:
    card = await _asked(backed_up)
    await card.press("Choose…", by=backed_up.alice)
    await backed_up.alice.sees("requested this restore and chooses what is restored")
    assert (await _chooses(backed_up, card)).ok
    await card.press("Approve the restore…", by=backed_up.bruno)
    await backed_up.bruno.sees("You requested this restore, so another person must approve it.")
    for person in (backed_up.elisa, backed_up.fabio):
        await card.press("Approve the restore…", by=person)
        await person.sees("You may not approve a restore")
    assert (await backed_up.run(RUN)).state is RunState.WAITING
    refused = await backed_up.events("click.refused", RUN)
    assert len(refused) == 4


GONE = [{"deleted": True}, {"is_restricted": True}, {"team_id": "T0PARTNER"}, {"is_bot": True}]


@pytest.mark.parametrize("change", some(GONE, 1))
async def test_nothing_is_restored_for_a_requester_who_is_gone(backed_up: Workspace, change: dict[str, Any]) -> None:
    card = await _asked(backed_up)
    assert (await _chooses(backed_up, card)).ok
    await card.shows("Chosen:")
    await backed_up.slack.change_person("bruno", **change)
    await backed_up.until(lambda: backed_up.read(lambda tx: (m := tx.members.get("U02BRUNO")) and absence(m)))
    ack = await _approves(backed_up, card, "neonpro")
    assert "<@U02BRUNO> requested this restore and" in str(ack.payload)
    assert (await backed_up.run(RUN)).state is RunState.WAITING


@pytest.mark.parametrize("who", ["bruno", "alice"])
async def test_a_restore_is_not_begun_when_one_of_the_two_is_gone_by_then(backed_up: Workspace, who: str) -> None:
    url = backed_up.neonpro.database.dsn
    _sql(url, "DELETE FROM consents")
    await backed_up.restart(PATH=_without_pg_dump(backed_up))
    live = await _live(backed_up, await _asked(backed_up), target="in_place", typed="production")
    await live.shows("⚠️ *Create current state backup* failed", 30)
    await backed_up.slack.change_person(who, deleted=True, told=False)
    await backed_up.restart(PATH=backed_up.environ["PATH"].partition(":")[2])
    await live.press("Retry", by=_other(backed_up, who))
    await live.shows("is deactivated in Slack", 30)
    assert _count(url, "consents") == 0


def _other(workspace: Workspace, who: str) -> Member:
    return workspace.alice if who == "bruno" else workspace.bruno


@pytest.fixture
def unasked(loop: asyncio.Runner, tmp_path: Path, estate: Estate) -> Iterator[Workspace]:
    """The workspace with one proven dump, of whose people Slack has not said yet who they are."""
    made = Workspace(World(tmp_path, estate))
    made.slack.faults.fail("users.info", "fatal_error", n=10_000)
    try:
        loop.run(made.open())
        loop.run(_back_up(made))  # whether those of level 1 are there is asked again and again meanwhile
        yield made
    finally:
        loop.run(made.close())


async def test_who_was_never_looked_up_is_not_called_gone_and_is_asked_about_again(unasked: Workspace) -> None:
    card = await _asked(unasked)
    assert (await _chooses(unasked, card)).ok
    await card.shows("Chosen:")
    ack = await _approves(unasked, card, "neonpro")
    assert "Slack has not yet confirmed that <@U02BRUNO> is still a member" in str(ack.payload)
    unasked.slack.faults.errors.clear()
    await unasked.until(lambda: unasked.read(lambda tx: tx.members.get("U02BRUNO")), 30)
    assert (await unasked.alice.submits(typed="neonpro")).ok
    await Card(unasked, "devops", "Database rollback", without=": pre-").appears()


async def test_one_human_with_two_accounts_does_not_decide_twice(backed_up: Workspace) -> None:
    second = Person("U09BRUNO", "bruno2", "Bruno Barros", "bruno@neonpro.example")
    await backed_up.slack.add_person(second, "devops")
    entry = {"name": "Bruno Barros", "slack": second.id}
    backed_up.write_team(lambda team: (team["people"].update(bruno2=entry), team["roles"]["devops"].append("bruno2")))
    await backed_up.restart()
    card = await _asked(backed_up)
    assert (await _chooses(backed_up, card)).ok
    await card.press("Approve the restore…", by=Member(backed_up, "bruno2"))
    await Member(backed_up, "bruno2").sees("You requested this restore, so another person must approve it.")


async def test_who_may_not_restore_does_not_ask(backed_up: Workspace) -> None:
    assert "You may not restore the database" in await backed_up.elisa.types("/rollback database")
    for stranger in (backed_up.gabi, backed_up.otto):
        backed_up.slack.channel("devops").members[stranger.id] = None
        await stranger.types("/rollback database")
    assert await backed_up.read(lambda tx: tx.runs.find(kind="restore")) == []


async def test_both_type_what_they_mean(backed_up: Workspace) -> None:
    card = await _asked(backed_up)
    ack = await _chooses(backed_up, card, target="in_place")
    assert "Type production to confirm" in str(ack.payload)
    assert (await backed_up.bruno.submits(backup="1", target="in_place", typed="production")).ok
    await card.shows("🟥 *Chosen:*")
    ack = await _approves(backed_up, card, "yes")
    assert "Type production to confirm" in str(ack.payload)
    assert (await backed_up.run(RUN)).state is RunState.WAITING


async def test_an_approval_is_for_what_was_shown(backed_up: Workspace) -> None:
    card = await _asked(backed_up)
    await _chooses(backed_up, card)
    await card.press("Approve the restore…", by=backed_up.alice)
    await backed_up.alice.form()
    await card.press("Choose again…", by=backed_up.bruno)
    assert (await backed_up.bruno.submits(backup="1", target="in_place", typed="production")).ok
    ack = await backed_up.alice.submits(typed="production")
    assert "the choice changed since you opened this form" in str(ack.payload)
    assert (await backed_up.run(RUN)).state is RunState.WAITING


async def test_a_dump_whose_files_changed_is_not_offered(backed_up: Workspace) -> None:
    (backup,) = await backed_up.read(lambda tx: tx.backups.find())
    dump = backed_up.world.directory / "data" / str(backup.path) / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-1] + b"x")
    await backed_up.bruno.types("/rollback database")
    card = Card(backed_up, "devops", ": pre-")
    await card.shows("files changed, cannot be restored")


async def test_a_database_that_is_not_empty_is_not_new(backed_up: Workspace) -> None:
    database = backed_up.neonpro.database
    _sql(database.spare_dsn, "CREATE TABLE precious (id int)")
    live = await _live(backed_up, await _asked(backed_up))
    await live.shows("RESTORE_URL is not empty (public.precious …): it must be a new database.", 30)
    _sql(database.spare_dsn, "DROP TABLE precious")
    await live.press("Retry", "Restore from backup", by=backed_up.bruno)
    await _finishes(backed_up, live)


async def test_a_restore_that_fails_changes_nothing_and_quotes_no_row(backed_up: Workspace) -> None:
    database = backed_up.neonpro.database
    name = "Practice User 7"
    _sql(database.dsn, "DELETE FROM consents; CREATE VIEW names AS SELECT full_name FROM users")
    live = await _live(backed_up, await _asked(backed_up), target="in_place", typed="production")
    await live.shows("Nothing was changed: a restore is one transaction.", 30)
    assert "cannot drop" in live.text
    assert _count(database.dsn, "consents") == 0
    record = await backed_up.step("restore", RUN)
    assert name not in str(record.found) + _printed(record)
    assert "Retry" not in live.buttons()


async def test_production_is_no_new_database(backed_up: Workspace) -> None:
    await backed_up.restart(RESTORE_URL=backed_up.neonpro.database.dsn)
    live = await _live(backed_up, await _asked(backed_up))
    await live.shows("RESTORE_URL is production's database: it must be another, empty one.", 30)


async def test_nothing_is_restored_over_a_state_that_is_not_backed_up(backed_up: Workspace) -> None:
    await backed_up.restart(PATH=_without_pg_dump(backed_up))
    live = await _live(backed_up, await _asked(backed_up), target="in_place", typed="production")
    await live.shows("⚠️ *Create current state backup* failed", 30)
    await live.press("Skip…", by=backed_up.bruno)
    assert (await backed_up.bruno.submits(reason="It is broken anyway")).ok
    await live.shows("There is no verified backup of the current state, so nothing is restored over it.", 30)


def _without_pg_dump(workspace: Workspace) -> str:
    folder = workspace.world.directory / "broken"
    folder.mkdir()
    (folder / "pg_dump").write_text("#!/bin/sh\nexit 1\n")
    (folder / "pg_dump").chmod(0o755)
    return f"{folder}:{workspace.environ['PATH']}"


async def test_a_restore_that_breaks_off_asks_and_is_not_begun_again(backed_up: Workspace) -> None:
    url = backed_up.neonpro.database.dsn
    _sql(url, "DELETE FROM consents")
    with psycopg.connect(url) as reader:
        reader.execute("SELECT 1 FROM users LIMIT 1")  # whoever drops the table waits for this transaction
        live = await _live(backed_up, await _asked(backed_up), target="in_place", typed="production")
        await backed_up.until(lambda: _waiting(url), 30)
        await backed_up.crash()
    await backed_up.start()
    await live.shows("⚠️ *Restore from backup* was interrupted", 30)
    assert "Now 3 tables of 4 match the backup." in live.text
    assert "Run again" not in live.text
    assert _count(url, "consents") == 0
    await backed_up.settled()
    assert (await backed_up.step("restore", RUN)).attempt == 1


def _waiting(url: str) -> bool:
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'neonops-run-%' AND wait_event_type = 'Lock'"
    )
    return bool(_sql(url, query)[0][0])


async def _recovers(workspace: Workspace) -> Card:
    card = await _asked(workspace)
    window = (await workspace.step("backups", RUN)).detail["recovery"]
    moment = f"{window['until'][:10]} {window['until'][11:16]}"
    return await _live(workspace, card, backup="0", moment=moment, target="in_place", typed="production")


async def test_a_point_in_time_is_recovered_by_one_request(backed_up: Workspace) -> None:
    live = await _recovers(backed_up)
    await live.shows("👉 *Run reverse migrations if needed*", 40)
    assert [each.kind for each in backed_up.neonpro.mutations] == ["restore-pitr"]
    await _finishes(backed_up, live)


async def test_a_lost_answer_of_supabase_is_settled_by_looking(backed_up: Workspace) -> None:
    backed_up.neonpro.switches.restore_answer = "lost"
    backed_up.neonpro.supabase.restore_seconds = 4
    live = await _recovers(backed_up)
    await live.shows("✅ Restore from backup", 40)
    assert "restored the state of" in live.text
    assert [each.kind for each in backed_up.neonpro.mutations] == ["restore-pitr"]


async def test_a_lost_answer_of_which_nothing_is_seen_is_asked_about_and_not_repeated(backed_up: Workspace) -> None:
    backed_up.neonpro.switches.restore_answer = "lost"
    backed_up.neonpro.supabase.restore_seconds = 0
    live = await _recovers(backed_up)
    await live.shows("⚠️ *Restore from backup* was interrupted", 30)
    assert "Run again" not in live.text
    assert (await backed_up.step("restore", RUN)).state is StepState.UNKNOWN
    assert [each.kind for each in backed_up.neonpro.mutations] == ["restore-pitr"]


async def test_a_point_in_time_does_not_go_into_a_new_database(backed_up: Workspace) -> None:
    card = await _asked(backed_up)
    window = (await backed_up.step("backups", RUN)).detail["recovery"]
    ack = await _chooses(backed_up, card, backup="0", moment=f"{window['until'][:10]} {window['until'][11:16]}")
    assert "in place only; into a new database, choose a dump" in str(ack.payload)
    ack = await backed_up.bruno.submits(backup="0", moment="1999-01-01 00:00", target="in_place", typed="production")
    assert "Choose a time within it" in str(ack.payload)
