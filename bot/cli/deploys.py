"""The deployment log from the command line, for whoever keeps the books. Joins settings and storage."""

import csv
import json
import sys
from collections.abc import Iterator
from typing import Any

from bot.deploys.history.log import Entry, entries
from bot.domain import Domain
from bot.domain.names import Names
from bot.errors import Refusal
from bot.machine.clock import SystemClock
from bot.ports import Tx
from bot.settings import environment, load_settings
from bot.startup.opening import open_domain
from bot.text import say
from bot.text.legible import escaped, one_line
from storage.database import SqlDatabase
from storage.migrate import require_schema

MOST = 100_000
"""Runs of one export."""
COLUMNS = (
    "run", "kind", "title", "drill", "verdict", "rolled_back_by", "asked_by", "approved_by", "asked_at", "started_at",
    "live_at", "ended_at", "seconds", "services", "deployments", "ref", "commit_before", "commit", "commits",
    "migrations", "overrides", "fixes_incident", "phases",
)  # fmt: skip


async def export(form: str) -> int:
    """Write every deploy and rollback, oldest first, as CSV or as JSON."""
    if form not in ("csv", "json"):
        raise Refusal(say("{form} is not a format. Use csv or json.", form=form))
    settings = load_settings()
    domain = open_domain(settings, environment())
    require_schema(settings.database)
    database = SqlDatabase(settings.database, SystemClock(), str)
    try:
        rows = await database.read(lambda tx: _rows(domain, tx))
    finally:
        database.close()
    _write_csv(rows) if form == "csv" else _write_json(rows)
    return 0


def _rows(domain: Domain, tx: Tx) -> list[dict[str, Any]]:
    names = Names(tx, domain.team)
    return [row_of(each, names) for each in reversed(entries(domain, tx, MOST))]


def _write_json(rows: list[dict[str, Any]]) -> None:
    sys.stdout.write(escaped(json.dumps(rows, ensure_ascii=False, indent=2)) + "\n")


def _write_csv(rows: list[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)


def _cell(value: Any) -> Any:
    """A value for a spreadsheet; text that one would take for a formula is quoted."""
    if isinstance(value, list):
        value = "; ".join(value)
    value = one_line(value) if isinstance(value, str) else value
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def row_of(entry: Entry, names: Names) -> dict[str, Any]:
    """One deploy or rollback; times are ISO 8601 in UTC."""
    run = entry.run
    return dict(zip(COLUMNS, (
        run.id, run.kind.name, run.title, run.drill, entry.verdict, entry.rolled_back_by, names.both(run.requested_by),
        names.both(run.approved_by), *_times(entry), entry.lasted and round(entry.lasted.total_seconds()),
        list(run.targets), [f"{service} {deployment}" for service, deployment in entry.moved.items()],
        run.inputs.ref, entry.facts.live, entry.sha, list(entry.facts.commits),
        list(entry.facts.migrations), list(_overrides(entry, names)), entry.fixes,
        [f"{title}: {round(took.total_seconds())} s" for title, took in entry.phases],
    ), strict=True))  # fmt: skip


def _times(entry: Entry) -> Iterator[str | None]:
    run = entry.run
    for moment in (run.created_at, run.started_at, entry.live_at, run.ended_at):
        yield moment.isoformat(timespec="seconds") if moment else None


def _overrides(entry: Entry, names: Names) -> Iterator[str]:
    for gate, given in entry.overrides.items():
        yield say("{gate} by {who}: {why}", gate=gate, who=names.both(given.by), why=given.why)
