"""Evidence from the command line: whether every file is what it was when it was kept."""

import sys
from pathlib import Path

from bot.errors import Refusal
from bot.evidence.files import digest_of
from bot.evidence.model import Evidence, EvidenceState
from bot.machine.clock import SystemClock
from bot.ports import Tx
from bot.settings import load_settings
from bot.text import plural, say
from storage.database import SqlDatabase
from storage.migrate import require_schema


async def verify(incident: int | None) -> int:
    """Compare each file with its hash and with the timeline; 0 when all are whole, 1 with what is wrong.

    That the timeline itself was not changed is proven by `neonops timeline verify`.
    """
    settings = load_settings()
    require_schema(settings.database)
    database = SqlDatabase(settings.database, SystemClock(), str)
    try:
        found = await database.read(lambda tx: _read(tx, incident))
    finally:
        database.close()
    faults = [fault for row, recorded in found if (fault := fault_of(settings.data_dir, row, recorded))]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    if not faults:
        words = plural("{count} piece of evidence is intact.", "{count} pieces of evidence are intact.", len(found))
        sys.stdout.write(f"{words}\n")
    return 1 if faults else 0


def _read(tx: Tx, incident: int | None) -> list[tuple[Evidence, str]]:
    """What was kept, each with the hash that the timeline has."""
    if incident is not None and tx.incidents.get(incident) is None:
        raise Refusal(say("There is no incident {number}.", number=incident))
    which = {} if incident is None else {"incident": incident}
    rows = tx.rows(Evidence).find(state=EvidenceState.KEPT, order="id", **which)
    return [(row, _recorded(tx, row)) for row in rows]


def _recorded(tx: Tx, row: Evidence) -> str:
    found = tx.incidents.get(row.incident)
    assert found
    seq = 0
    while events := tx.timeline.of_run_after(found.run_id, seq, 1000):
        for event in events:
            if event.kind == "evidence.kept" and event.data["evidence"] == row.id:
                return str(event.data["sha256"])
        seq = events[-1].seq
    return ""


def fault_of(data_dir: Path, row: Evidence, recorded: str) -> str:
    """What is wrong with a piece of evidence; empty when nothing is."""
    said = {"id": row.id, "name": row.name, "path": row.path}
    if recorded != row.sha256:
        return say("evidence {id} ({name}): its hash is not that of the timeline", **said)
    try:
        now = digest_of(data_dir, row.path)
    except OSError as error:
        return say("evidence {id} ({name}): {path} cannot be read: {why}", why=error.strerror or "?", **said)
    return say("evidence {id} ({name}): {path} was changed", **said) if now != row.sha256 else ""
