"""The timeline: appended only, and whatever is done to it behind the bot's back is found."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from storage_world import NOON, Opened
from torture import often

from bot.cli.records import verify
from bot.people import ROBOT, Actor
from bot.ports import Tx
from bot.text import say
from bot.text.stored import packed, unpacked
from bot.text.values import Reader, said_to
from bot.timeline import GENESIS, Event, digest

ALICE = Actor("U1", "Álice")


def noted(opened: Opened, *texts: str, run: int | None = 1) -> list[Event]:
    def work(tx: Tx) -> list[Event]:
        return [tx.timeline.record("note.added", ALICE, run, text=text) for text in texts]

    return opened.write(work)


def test_each_event_holds_the_hash_of_the_one_before(opened: Opened) -> None:
    events = noted(opened, "one") + noted(opened, "two", "three")
    assert [event.seq for event in events] == [1, 2, 3]
    assert [event.previous for event in events] == [GENESIS, events[0].hash, events[1].hash]
    assert opened.read(lambda tx: tx.timeline.head()) == (3, events[2].hash)
    assert opened.faults() == []


def test_an_event_comes_back_as_it_was_hashed(opened: Opened) -> None:
    said: dict[str, Any] = {"text": "É 🎉 \x00 \u2028", "n": [1, -1.5, 1e100, True, None, {"b": 1, "a": [2]}]}
    event = opened.write(lambda tx: tx.timeline.record("note.added", ALICE, 1, **said))
    found = opened.read(lambda tx: tx.timeline.after(0, 9))
    assert found == [event]
    assert digest(found[0]) == event.hash


def test_a_transaction_that_fails_leaves_no_gap(opened: Opened) -> None:
    def work(tx: Tx) -> None:
        tx.timeline.record("note.added", ALICE, 1)
        raise LookupError

    noted(opened, "one")
    with pytest.raises(LookupError):
        opened.write(work)
    assert noted(opened, "two")[0].seq == 2
    assert opened.faults() == []


def test_secrets_are_masked_wherever_they_are(opened: Opened) -> None:
    secret = "hunter2secret"
    data: dict[str, Any] = {"a": secret, "b": [f"x {secret}"], "c": {"d": {"e": (secret,)}}, "n": 1}
    event = opened.write(lambda tx: tx.timeline.record("note.added", ROBOT, 1, **data))
    assert event.data == {"a": "•••", "b": ["x •••"], "c": {"d": {"e": ["•••"]}}, "n": 1}
    assert opened.faults() == []


@pytest.mark.parametrize("text", ['password=""hunter2secret', "token=hunter2secrethunter2secret", "hunter2secret" * 3])
def test_what_was_masked_is_stored_as_it_was_hashed(opened: Opened, text: str) -> None:
    noted(opened, text)
    assert opened.faults() == []


def test_events_are_paged_by_run_and_over_all(opened: Opened) -> None:
    for number in range(1, 9):
        noted(opened, f"n{number}", run=1 if number % 2 else 2)

    def seqs(question: Any) -> list[int]:
        return [event.seq for event in opened.read(question)]

    assert seqs(lambda tx: tx.timeline.of_run(1, limit=2)) == [5, 7]
    assert seqs(lambda tx: tx.timeline.of_run(1, before=5, limit=9)) == [1, 3]
    assert seqs(lambda tx: tx.timeline.of_run_after(2, 2, 2)) == [4, 6]
    assert seqs(lambda tx: tx.timeline.after(6, 9)) == [7, 8]
    assert seqs(lambda tx: tx.timeline.of_run(4711)) == []


REFUSED = [
    "UPDATE event SET actor = 'U9' WHERE seq = 1",
    "UPDATE event SET seq = 7 WHERE seq = 2",
    "DELETE FROM event WHERE seq = 2",
    "DELETE FROM event",
]
COLUMNS = "seq, at, kind, actor, actor_name, run_id, data, previous, hash"


@pytest.mark.parametrize("statement", REFUSED)
def test_no_event_is_changed_or_removed(opened: Opened, statement: str) -> None:
    noted(opened, "one", "two")
    with pytest.raises(DBAPIError, match="append-only"):
        opened.sql(statement)
    assert opened.faults() == []


@pytest.mark.parametrize(("kind", "statement"), [
    ("postgresql", "TRUNCATE event"),
    ("postgresql", f"INSERT INTO event SELECT {COLUMNS} FROM event WHERE seq = 1 "
                   "ON CONFLICT (seq) DO UPDATE SET actor = 'U9'"),
    ("sqlite", f"INSERT OR REPLACE INTO event SELECT {COLUMNS.replace('actor,', chr(39) + 'U9' + chr(39) + ',')} "
               "FROM event WHERE seq = 1"),
    ("sqlite", f"REPLACE INTO event ({COLUMNS}) SELECT {COLUMNS.replace('seq,', '1,', 1)} FROM event WHERE seq = 2"),
    ("sqlite", "UPDATE OR REPLACE event SET seq = 1 WHERE seq = 2"),
])  # fmt: skip
def test_nor_by_a_side_door(opened: Opened, statement: str) -> None:
    noted(opened, "one", "two")
    with pytest.raises(DBAPIError, match="append-only"):
        opened.sql(statement)
    assert opened.faults() == []


def put_in(seq: int, source: int = 2) -> str:
    return f"INSERT INTO event ({COLUMNS}) SELECT {COLUMNS.replace('seq', str(seq), 1)} FROM event WHERE seq = {source}"


DAMAGE = {
    "the actor": ["UPDATE event SET actor = 'U9' WHERE seq = 2"],
    "the time": ["UPDATE event SET at = (SELECT max(loaded_at) FROM runbook) WHERE seq = 2",
                 "UPDATE event SET kind = 'x.y' WHERE seq = 2"],
    "the text": ["""UPDATE event SET data = '{"text": "another"}' WHERE seq = 2"""],
    "the run": ["UPDATE event SET run_id = 2 WHERE seq = 2"],
    "its hash": [f"UPDATE event SET hash = '{GENESIS}' WHERE seq = 2"],
    "removed": ["DELETE FROM event WHERE seq = 2"],
    "the first removed": ["DELETE FROM event WHERE seq = 1"],
    "the tail cut off": ["DELETE FROM event WHERE seq > 2"],
    "all removed": ["DELETE FROM event"],
    "removed and moved up": ["DELETE FROM event WHERE seq = 2", "UPDATE event SET seq = 2 WHERE seq = 3"],
    "reordered": ["UPDATE event SET seq = 99 WHERE seq = 1", "UPDATE event SET seq = 1 WHERE seq = 2",
                  "UPDATE event SET seq = 2 WHERE seq = 99"],
    "put in at the end": [put_in(4)],
    "put in front": [put_in(0)],
    "put far in front": [put_in(-7)],
    "the head": [f"UPDATE chain_head SET hash = '{GENESIS}'"],
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_every_damage_is_found(opened: Opened, damage: str) -> None:
    noted(opened, "one", "two", "three")
    assert opened.faults() == []
    opened.tamper(*DAMAGE[damage])
    assert opened.faults() != []


@pytest.fixture
def settled(opened: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Opened:
    """The database is that of the command line's settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEONOPS_DATABASE_URL", opened.url)
    return opened


def test_the_command_says_that_a_timeline_is_whole(settled: Opened, capsys: pytest.CaptureFixture[str]) -> None:
    head = noted(settled, "one", "two", "three")[-1].hash
    assert asyncio.run(verify()) == 0
    assert capsys.readouterr().out == f"The timeline is intact: 3 events, head {head[:16]}.\n"


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("the actor", "event 2: the event was changed after it was written\n"),
        ("removed", "event 3: events are missing or moved: 1 is followed by 3\n"),
        ("the tail cut off", "event 3: the timeline should end at event 3, and ends at 2\n"),
        ("put in front", "event 0: "),
        ("put far in front", "event -7: "),
    ],
)
def test_the_command_says_what_is_wrong(
    settled: Opened, damage: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    noted(settled, "one", "two", "three")
    settled.tamper(*DAMAGE[damage])
    assert asyncio.run(verify()) == 1
    assert says in capsys.readouterr().out


def test_the_triggers_are_back_after_the_damage(opened: Opened) -> None:
    noted(opened, "one", "two")
    opened.tamper("DELETE FROM event WHERE seq = 2")
    with pytest.raises(DBAPIError, match="append-only"):
        opened.sql("UPDATE event SET actor = 'U9'", "DELETE FROM event")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=often(40, 800), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(texts.filter(lambda key: key not in ("self", "kind", "actor", "run_id")), values))
def test_whatever_is_recorded_stays_whole(opened: Opened, data: dict[str, Any]) -> None:
    opened.write(lambda tx: tx.timeline.record("note.added", ALICE, 1, **data))
    opened.clock.wait(milliseconds=7)
    assert opened.faults() == []
    assert opened.clock.now() > NOON


def test_a_text_keeps_its_form_in_an_event_and_the_hash_covers_it(opened: Opened) -> None:
    event = opened.write(lambda tx: tx.timeline.record("note.added", ALICE, 1, text=say("{who} waits", who="ana")))
    (found,) = opened.read(lambda tx: tx.timeline.after(0, 9))
    assert said_to(Reader("en-XA"), found.data["text"]) == "ana wáíts·"
    assert digest(found) == event.hash
    forged = replace(found, data={"text": unpacked(packed(found.data["text"]).replace("waits", "approved", 1))})
    assert digest(forged) != event.hash
    assert opened.faults() == []
