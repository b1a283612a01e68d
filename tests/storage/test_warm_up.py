"""A warm-up is run where work is done, and nothing of it stays."""

import asyncio

import pytest
from storage_world import Opened, a_run, an_incident

from bot.people import ROBOT
from bot.ports import Tx


def work(tx: Tx) -> None:
    """What declaring an incident writes."""
    run = tx.runs.add(a_run("warm-up"))
    tx.incidents.add(an_incident(run.id))
    tx.effects.plan("post", "a", {})
    tx.timeline.record("note.added", ROBOT, run.id)
    assert [each.title for each in tx.runs.find(title="warm-up")] == ["warm-up"]


def statements(opened: Opened) -> int:
    """How many statements are compiled, for writers and for readers."""
    engines = {opened.database._engine, opened.database._reader}
    return sum(len(engine._compiled_cache or ()) for engine in engines)


def test_nothing_of_it_stays_and_nobody_is_woken(opened: Opened) -> None:
    asyncio.run(opened.database.warm_up(work))
    assert len(opened.read(lambda tx: tx.runs.find())) == 2
    assert opened.read(lambda tx: (tx.incidents.find(), tx.effects.find(), tx.timeline.head()[0])) == ([], [], 0)
    assert opened.woken == []
    assert opened.faults() == []


def test_the_next_of_each_kind_skips_no_number(opened: Opened) -> None:
    for _ in range(3):
        asyncio.run(opened.database.warm_up(work))
    run = opened.write(lambda tx: tx.runs.add(a_run()))
    incident = opened.write(lambda tx: tx.incidents.add(an_incident(run.id)))
    assert (run.id, incident.id) == (3, 1)


def test_what_was_warmed_up_is_compiled(opened: Opened) -> None:
    asyncio.run(opened.database.warm_up(work))
    before = statements(opened)
    opened.write(work)
    opened.read(lambda tx: tx.runs.find(title="warm-up"))
    assert statements(opened) == before


def test_what_goes_wrong_in_it_is_heard(opened: Opened) -> None:
    def wrong(tx: Tx) -> None:
        tx.runs.add(a_run("half"))
        raise LookupError("as it happens")

    with pytest.raises(LookupError, match="as it happens"):
        asyncio.run(opened.database.warm_up(wrong))
    assert len(opened.read(lambda tx: tx.runs.find())) == 2
