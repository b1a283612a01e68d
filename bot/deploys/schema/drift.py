"""Whether the database's schema is ahead of the deployments that a rollback goes back to: read, never assumed.

A rollback moves the application and leaves the schema. What was migrated after a deployment was built is named, with
the SQL that older code may not survive; what could not be found out is said.
"""

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.deploys.schema.ddl import changes
from bot.errors import Refusal
from bot.integrations.vercel.client import Vercel
from bot.masking import Masker
from bot.production.inputs.rollback import Ahead, Later
from bot.runbook.model import Runbook
from bot.runbook.sections import Migrations
from bot.text import say
from bot.text.legible import one_line
from bot.tools import Tools
from bot.tools.git.client import alone, git_bytes

log = structlog.get_logger()

TIMEOUT = 8.0
"""Seconds that a person who wants to roll back waits for this at most."""
LONGEST_SQL = 1_000_000
LONGEST_SHOWN = 120
_HASH = re.compile(r"[0-9a-f]{7,64}")
MOST = 30
"""Migrations that are looked at; that there are more is said."""


async def look_ahead(
    tools: Tools, runbook: Runbook, choice: Mapping[str, str], listed: Mapping[str, Mapping[str, Any]]
) -> Ahead:
    """Compare what was migrated with when the chosen deployments were built; `listed` is what the listings found."""
    return await tools.masker.foreign(await _look(tools, runbook, choice, listed))


async def _look(
    tools: Tools, runbook: Runbook, choice: Mapping[str, str], listed: Mapping[str, Mapping[str, Any]]
) -> Ahead:
    at = tools.now().isoformat()
    try:
        async with asyncio.timeout(TIMEOUT):
            made = await _made(tools, choice, listed)
            later = await _later(tools, runbook.rollbacks.migrations, made, listed)
    except Refusal as refusal:
        return Ahead(at, dict(choice), unasked=refusal.sentence)
    except TimeoutError:
        return Ahead(at, dict(choice), unasked=say("no answer in {seconds} s", seconds=round(TIMEOUT)))
    except Exception:
        # Whatever it was: the card is drawn, and says that the schema is not known.
        log.exception("ahead.defect")
        return Ahead(at, dict(choice), unasked=say("internal error in NeonOps, see its log"))
    return Ahead(at, dict(choice), made, later)


async def _made(tools: Tools, choice: Mapping[str, str], listed: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """When each chosen deployment was built: as it was listed, else as Vercel says."""
    made = {}
    for service, deployment in choice.items():
        row = next((row for row in _rows(listed, service) if row["id"] == deployment and row.get("created_at")), None)
        made[service] = (
            row["created_at"] if row else (await tools.client(Vercel).deployment(deployment)).created_at.isoformat()
        )
    return made


def _rows(listed: Mapping[str, Mapping[str, Any]], service: str) -> Sequence[Mapping[str, str]]:
    rows: Sequence[Mapping[str, str]] = listed.get(service, {}).get("deployments", ())
    return rows


async def _later(
    tools: Tools, where: Migrations | None, made: Mapping[str, str], listed: Mapping[str, Mapping[str, Any]]
) -> tuple[Later, ...]:
    if where is None:
        raise Refusal(say("the runbook does not say where the migrations are (rollbacks.migrations)"))
    if not made:
        return ()
    oldest = min(datetime.fromisoformat(each) for each in made.values())
    rows = await tools.sql(_question(where, oldest), timeout_s=TIMEOUT - 2)
    commits = [row["sha"] for service in made for row in _rows(listed, service) if _is_live(row, listed[service])]
    found = [await _one(tools, where, row, commits) for row in rows.rows[:MOST]]
    return (*found, *([_more(found[-1])] if len(rows.rows) > MOST else []))


def _is_live(row: Mapping[str, str], listed: Mapping[str, Any]) -> bool:
    return bool(row.get("sha")) and row["id"] == listed.get("live")


def _more(last: Later) -> Later:
    why = say("more than {count} migrations are later", count=MOST)
    return Later("…", last.at, changes=({"kind": "unread", "sql": why},))


def _question(where: Migrations, oldest: datetime) -> str:
    """Migrations that stand in the schema and ended, or broke off, after `oldest`; the latest first."""
    return (
        "SELECT migration_name, checksum, extract(epoch FROM coalesce(finished_at, started_at))::float8, "
        f"finished_at IS NOT NULL FROM {where.table} WHERE rolled_back_at IS NULL "
        f"AND coalesce(finished_at, started_at) > to_timestamp({oldest.timestamp():.3f}) "
        f"ORDER BY 3 DESC LIMIT {MOST + 1}"
    )


async def _one(tools: Tools, where: Migrations, row: Sequence[Any], commits: Sequence[str]) -> Later:
    name, checksum, at, finished = str(row[0]), str(row[1]), datetime.fromtimestamp(float(row[2]), UTC), bool(row[3])
    sql = await _sql(tools, f"{where.path.strip('/')}/{name}/migration.sql", commits)
    found = await asyncio.to_thread(_changes, sql, checksum, tools.masker)
    return Later(one_line(name), at.isoformat(), finished, tuple(found))


def _changes(sql: bytes | None, checksum: str, masker: Masker) -> list[dict[str, str]]:
    if sql is None:
        return [{"kind": "unread", "sql": say("its SQL is not in the repository")}]
    # Read as it is, and masked only where it is shown: a comment that looks like a password must not hide what follows.
    dangers = changes(sql.decode("utf-8", "replace"))
    found = [{"kind": each.kind, "sql": masker.head(each.sql, LONGEST_SHOWN)} for each in dangers]
    if checksum in _checksums(sql):
        return found
    return [*found, {"kind": "unread", "sql": say("what was applied differs from the repository")}]


def _checksums(sql: bytes) -> set[str]:
    """Prisma's checksums of this file: as it is, and with the line ends that another machine's git makes."""
    plain = sql.replace(b"\r\n", b"\n")
    return {hashlib.sha256(form).hexdigest() for form in (sql, plain, plain.replace(b"\n", b"\r\n"))}


async def _sql(tools: Tools, path: str, commits: Sequence[str]) -> bytes | None:
    """The migration's SQL: as of a commit that is live, else of the latest commit that has it."""
    if tools.workdir is None or any(part in ("", ".", "..") for part in path.split("/")):
        return None
    for commit in dict.fromkeys(commits):
        if _HASH.fullmatch(commit) and (text := await _said(tools, "cat-file", "blob", f"{commit}:{path}")):
            return text
    latest = ("--literal-pathspecs", "log", "--all", "--format=%H", "--max-count=1", "--no-show-signature", "--", path)
    if not (found := await _said(tools, *latest)):
        async with alone(tools.checkout):
            await _said(tools, "fetch", "--quiet", "--no-write-fetch-head", "origin")
        found = await _said(tools, *latest)
    return await _said(tools, "cat-file", "blob", f"{found.decode().strip()}:{path}") if found else None


async def _said(tools: Tools, *words: str) -> bytes | None:
    """What git says; None when it cannot, or says nothing."""
    try:
        return await git_bytes(tools, *words, most=LONGEST_SQL) or None
    except Refusal:
        return None
