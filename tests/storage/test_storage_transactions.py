"""Transactions: whole or not at all, one writer at a time, readers beside it, and a database that goes away."""

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from storage_world import NOON, Opened, Ticking, a_run, fill, raw

from bot.people import ROBOT
from bot.ports import DatabaseAway, Tx, Wake
from sandbox.neonpro.database.postgres import Postgres
from storage.database import SqlDatabase
from storage.migrate import upgrade


def titles(opened: Opened) -> list[str]:
    return [run.title for run in opened.read(lambda tx: tx.runs.find())]


def test_what_raises_leaves_nothing_behind(opened: Opened) -> None:
    def work(tx: Tx) -> None:
        tx.runs.add(a_run("lost"))
        tx.effects.plan("post", "a", {})
        raise LookupError("as it happens")

    with pytest.raises(LookupError, match="as it happens"):
        opened.write(work)
    assert titles(opened) == ["First", "Second"]
    assert opened.read(lambda tx: tx.effects.find()) == []
    assert opened.woken == []


def test_a_transaction_sees_its_own_changes(opened: Opened) -> None:
    assert opened.write(lambda tx: (tx.runs.add(a_run("new")), len(tx.runs.find()))[1]) == 3


def test_a_transaction_has_one_time(opened: Opened) -> None:
    def work(tx: Tx) -> bool:
        before = tx.now
        opened.clock.wait(minutes=1)
        return tx.now == before

    assert opened.write(work)


def test_wakes_are_heard_after_the_commit(opened: Opened) -> None:
    seen: list[object] = []

    def listen(wakes: Iterable[Wake]) -> None:
        seen.append((tuple(wakes), raw(opened.url, "SELECT count(*) FROM effect")))

    opened.database.on_commit(listen)
    opened.write(lambda tx: tx.effects.plan("post", "a", {}))
    assert seen == [((Wake("target", "a"),), [(1,)])]


def test_wakes_are_heard_on_the_event_loop_and_once_each(opened: Opened) -> None:
    threads: list[int] = []
    opened.database.on_commit(lambda _: threads.append(threading.get_ident()))

    def work(tx: Tx) -> None:
        tx.wake("run", 1)
        tx.wake("run", 1)
        tx.wake("run", 2)

    opened.write(work)
    assert threads == [threading.get_ident()]
    assert opened.woken == [Wake("run", "1"), Wake("run", "2")]


def test_nobody_is_told_of_a_commit_that_woke_nothing(opened: Opened) -> None:
    opened.write(lambda tx: tx.runs.add(a_run()))
    assert opened.woken == []


def one_more(tx: Tx) -> None:
    run = tx.runs.get(1)
    assert run
    tx.runs.save(run, token=run.token + 1)


def test_two_writers_of_one_row_in_two_processes_wait_for_each_other(opened: Opened) -> None:
    other = SqlDatabase(opened.url, opened.clock, str)

    async def both() -> None:
        await asyncio.gather(*(each.write(one_more) for each in (opened.database, other) for _ in range(25)))

    asyncio.run(both())
    other.close()
    run = opened.read(lambda tx: tx.runs.get(1))
    assert run is not None
    assert (run.token, run.version) == (50, 50)


def test_events_of_many_writers_are_one_chain(opened: Opened) -> None:
    other = SqlDatabase(opened.url, opened.clock, str)

    async def both() -> None:
        writers = [opened.database, other] * 20
        await asyncio.gather(*(each.write(lambda tx: tx.timeline.record("note.added", ROBOT, 1)) for each in writers))

    asyncio.run(both())
    other.close()
    assert opened.faults() == []
    assert opened.read(lambda tx: tx.timeline.head())[0] == 40


def test_a_reader_sees_one_moment_while_the_bot_writes(opened: Opened) -> None:
    read_once, written = threading.Event(), threading.Event()

    def look(tx: Tx) -> tuple[int, int]:
        first = len(tx.runs.find())
        read_once.set()
        assert written.wait(10)
        return first, len(tx.runs.find(kind="deploy"))

    async def scene() -> tuple[int, int]:
        looking = asyncio.create_task(opened.database.read(look))
        await asyncio.to_thread(read_once.wait, 10)
        await opened.database.write(lambda tx: tx.runs.add(a_run("new")))
        written.set()
        return await looking

    assert asyncio.run(scene()) == (2, 2)
    assert len(titles(opened)) == 3


def test_who_looks_changes_nothing(opened: Opened) -> None:
    with pytest.raises((DatabaseAway, DBAPIError)) as refused:
        opened.read(lambda tx: tx.runs.add(a_run("smuggled")))
    assert re.search("read-?only", str(refused.value.__cause__))
    assert titles(opened) == ["First", "Second"]


READER = """
import sys
from sqlalchemy import create_engine, text
engine = create_engine(sys.argv[1])
seen = []
print("ready", flush=True)
while not seen or seen[-1] < 60:
    with engine.connect() as connection:
        count, last = connection.execute(text("SELECT count(*), max(seq) FROM event")).one()
    assert count == (last or 0), (count, last)
    seen.append(count)
assert seen == sorted(seen)
print("saw", len(seen), flush=True)
"""


def test_an_outside_process_reads_while_the_bot_writes(opened: Opened) -> None:
    driver = "sqlite" if opened.database.sqlite else "postgresql+psycopg"
    url = make_url(opened.url).set(drivername=driver).render_as_string(hide_password=False)
    reader = subprocess.Popen([sys.executable, "-c", READER, url], stdout=subprocess.PIPE, text=True)
    assert reader.stdout
    assert reader.stdout.readline() == "ready\n"
    for number in range(60):
        opened.write(lambda tx, n=number: tx.timeline.record("note.added", ROBOT, 1, text=f"note {n}"))  # type: ignore[misc]
    said, _ = reader.communicate(timeout=30)
    assert reader.returncode == 0
    assert said.startswith("saw ")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_sqlite_keeps_what_was_acked_and_lets_others_read(opened: Opened) -> None:
    for engine, busy in ((opened.database._engine, 200), (opened.database._reader, 2_000)):
        with engine.connect() as connection:
            values = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
        assert values == ["wal", 2, 1, busy]


def test_it_knows_what_it_is(opened: Opened, kind: str) -> None:
    assert opened.database.kind == kind


# The database goes away and comes back.


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL that tests may stop and start again."""
    postgres = Postgres(tmp_path_factory.mktemp("own"))
    postgres.start()
    yield postgres
    postgres.remove()


@pytest.fixture
def own_url(own_server: Postgres) -> str:
    """A database of that server with the newest schema."""
    with psycopg.connect(own_server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bot WITH (FORCE)")
        connection.execute("CREATE DATABASE bot")
    upgrade(own_server.dsn("bot"))
    return own_server.dsn("bot")


def away(opened: Opened) -> list[str]:
    """What reading and writing say now."""
    sentences = []
    for act in (opened.write, opened.read):
        with pytest.raises(DatabaseAway) as refusal:
            act(lambda tx: tx.runs.get(1))
        sentences.append(refusal.value.sentence)
    return sentences


def test_a_postgresql_that_stops_and_starts_again(own_server: Postgres, own_url: str) -> None:
    opened = Opened(own_url, Ticking(NOON))
    opened.write(fill)
    own_server.pause()
    assert all("does not answer" in sentence and "nothing was saved" in sentence for sentence in away(opened))
    own_server.resume()
    opened.write(lambda tx: tx.runs.add(a_run("after")))
    assert titles(opened) == ["First", "Second", "after"]
    opened.close()


def test_a_postgresql_that_stops_in_the_middle_of_a_transaction(own_server: Postgres, own_url: str) -> None:
    opened = Opened(own_url, Ticking(NOON))
    opened.write(fill)

    def work(tx: Tx) -> None:
        tx.runs.add(a_run("half"))
        own_server.pause()
        tx.runs.add(a_run("whole"))

    with pytest.raises(DatabaseAway):
        opened.write(work)
    own_server.resume()
    assert titles(opened) == ["First", "Second"]
    opened.close()


def test_an_sqlite_file_that_cannot_be_opened_and_then_can(tmp_path: Path, newest_file: bytes) -> None:
    path = tmp_path / "bot.db"
    path.mkdir()
    opened = Opened(f"sqlite:///{path}", Ticking(NOON))
    assert all("does not answer" in sentence for sentence in away(opened))
    path.rmdir()
    path.write_bytes(newest_file)
    opened.write(fill)
    assert titles(opened) == ["First", "Second"]
    opened.close()


def test_a_password_is_in_no_sentence(server: Postgres) -> None:
    opened = Opened(server.dsn("postgres", user="nobody", password="hunter2"), Ticking(NOON))
    assert all("hunter2" not in sentence for sentence in away(opened))
    opened.close()


# Questions that are asked at the same time share a snapshot.


def test_a_question_that_raises_is_told_to_who_asked_alone(opened: Opened) -> None:
    def wrong(tx: Tx) -> None:
        raise LookupError("as it happens")

    async def scene() -> list[object]:
        asked = (wrong, lambda tx: tx.locks._connection.exec_driver_sql("SELECT nothing"), lambda tx: tx.runs.find())
        return await asyncio.gather(*(opened.database.read(each) for each in asked * 3), return_exceptions=True)

    answers = asyncio.run(scene())
    assert [type(answer) for answer in answers[::3]] == [LookupError] * 3
    assert all(isinstance(answer, DBAPIError | DatabaseAway) for answer in answers[1::3])
    assert [len(answer) for answer in answers[2::3] if isinstance(answer, list)] == [2, 2, 2]


def test_who_asks_after_a_commit_sees_it_whoever_asked_before(opened: Opened) -> None:
    async def scene() -> list[int]:
        seen: list[int] = []
        for _ in range(10):
            early = [asyncio.create_task(opened.database.read(lambda tx: tx.runs.find())) for _ in range(3)]
            await opened.database.write(lambda tx: tx.runs.add(a_run()))
            seen.append(len(await opened.database.read(lambda tx: tx.runs.find())))
            await asyncio.gather(*early)
        return seen

    assert asyncio.run(scene()) == [*range(3, 13)]
