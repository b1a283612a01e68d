"""The timeline from the command line: verify and export. Joins settings and storage; see `bot/timeline/`."""

import functools
import json
import sys
from collections.abc import Iterator

from bot.cli.names import Names
from bot.errors import Refusal
from bot.machine.clock import SystemClock
from bot.people.team import Team
from bot.people.team_file import load_team
from bot.ports import Tx
from bot.settings import load_settings
from bot.text import say
from bot.text.legible import escaped, one_line
from bot.text.stored import packed_all
from bot.timeline import Event, Verifier
from bot.timeline.words import event_words
from storage.database import SqlDatabase
from storage.migrate import require_schema

BATCH = 5000
"""Events that are held in memory at once."""
BEFORE_ALL = -(2**31)
"""Before every event that somebody could have put into the table; ours begin with 1."""


def _open() -> SqlDatabase:
    settings = load_settings()
    require_schema(settings.database)
    return SqlDatabase(settings.database, SystemClock(), str)


async def verify() -> int:
    """Walk the whole chain; 0 when it is whole, 1 with what is wrong."""
    database = _open()
    verifier, last = Verifier(), BEFORE_ALL
    while events := await database.read(functools.partial(_page, run=None, seq=last)):
        verifier.read(events)
        last = verifier.seq
    verifier.finish(*await database.read(lambda tx: tx.timeline.head()))
    database.close()
    for fault in verifier.faults[:20]:
        sys.stdout.write(f"event {fault.seq}: {fault.what}\n")
    if not verifier.faults:
        sys.stdout.write(
            say("The timeline is intact: {count} events, head {head}.\n", count=verifier.seq, head=verifier.hash[:16])
        )
    return 1 if verifier.faults else 0


async def export(incident: int | None, run_id: int | None, form: str) -> int:
    """Write events, oldest first, as JSON lines or as text."""
    if form not in ("jsonl", "text"):
        raise Refusal(say("{form} is not a format. Use jsonl or text.", form=form))
    database = _open()
    try:
        names = await database.read(lambda tx: Names(tx, _team()))
        run = await database.read(lambda tx: _run_of(tx, incident, run_id))
        events = await database.read(lambda tx: _page(tx, run, 0))
        while events:
            sys.stdout.writelines(_lines(events, form, names))
            events = await database.read(functools.partial(_page, run=run, seq=events[-1].seq))
    finally:
        database.close()
    return 0


def _run_of(tx: Tx, incident: int | None, run_id: int | None) -> int | None:
    if incident is None:
        return run_id
    found = tx.incidents.get(incident)
    if found is None:
        raise Refusal(say("There is no incident {number}.", number=incident))
    return found.run_id


def _page(tx: Tx, run: int | None, seq: int) -> list[Event]:
    return tx.timeline.after(seq, BATCH) if run is None else tx.timeline.of_run_after(run, seq, BATCH)


def _team() -> Team:
    """The team file, for names; a broken one keeps nobody from the record."""
    try:
        return load_team(load_settings().team)
    except Refusal:
        return Team()


def _lines(events: list[Event], form: str, names: Names) -> Iterator[str]:
    for event in events:
        if form == "text":
            who = event.actor_name if event.actor_name != event.actor else names.of(event.actor)
            # One line an event: nothing that somebody wrote can look like another.
            said = one_line(f"{who}: {names.written(event_words(event))}", " ⏎ ")
            yield f"{event.at:%Y-%m-%d %H:%M:%S}Z  {said}\n"
        else:
            # As they are stored: whoever has the lines can compute the hashes.
            stored = {**vars(event), "at": event.at.isoformat(), "data": packed_all(event.data)}
            yield escaped(json.dumps(stored, ensure_ascii=False)) + "\n"
