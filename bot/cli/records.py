"""The timeline from the command line: verify and export. Joins settings and storage; see `bot/timeline/`."""

import functools
import sys

from bot.domain.names import Names
from bot.domain.timeline_files import FORMATS, written
from bot.errors import Refusal
from bot.machine.clock import SystemClock
from bot.people.team import Team
from bot.people.team_file import load_team
from bot.ports import Tx
from bot.settings import load_settings
from bot.text import choice, say
from bot.timeline import Event, Verifier
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
    """Write events, oldest first, in one of FORMATS."""
    if form not in FORMATS:
        raise Refusal(say("{form} is not a format. Use {formats}.", form=form, formats=choice(list(FORMATS))))
    chosen, first = FORMATS[form], True
    database = _open()
    try:
        names = await database.read(lambda tx: Names(tx, _team()))
        run = await database.read(lambda tx: _run_of(tx, incident, run_id))
        events = await database.read(lambda tx: _page(tx, run, 0))
        sys.stdout.write(chosen.before)
        while events:
            sys.stdout.write(("" if first else chosen.between) + written(events, chosen, names))
            events, first = await database.read(functools.partial(_page, run=run, seq=events[-1].seq)), False
        sys.stdout.write(chosen.after)
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
