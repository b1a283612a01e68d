"""`supabase.backup`: a backup that is proven before anything goes on: a whole dump, or fresh point-in-time recovery."""

import asyncio
import json
import shutil
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.backups.files import DUMP, ROLES, folder_of, make_folder, seal
from bot.backups.model import BackupKind, proof
from bot.errors import Refusal
from bot.execution.shell import Command
from bot.integrations.postgres import copy_rows
from bot.integrations.postgres.failures import why_not
from bot.integrations.supabase.client import Supabase
from bot.machine.private_files import make_private
from bot.runbook.base import Duration, Line
from bot.runbook.libpq import libpq_environment
from bot.runbook.steps import EnvName, Step, StepKind
from bot.runs.outcome import Context, Done, Outcome
from bot.steps.shell import one
from bot.text import moment, plural, say, size_words, span


class SupabaseBackup(Step):
    """A backup that is proven: nothing comes after it when it is not.

    A dump of roles, schema and rows (the two in one snapshot), read again to its end, with a checksum and the rows of
    each table; or, where the runbook accepts that, Supabase's point-in-time recovery when it is fresh.
    """

    interruptible: ClassVar[bool] = True
    keeps_time: ClassVar[bool] = True
    kind: Literal["supabase.backup"]
    postgres: EnvName = Field(
        description="The variable that holds the URL of the database: the direct connection or the session pooler "
        "(port 5432), not the transaction pooler (6543)."
    )
    accept_pitr: bool = Field(
        default=False, description="Whether point-in-time recovery that is on and fresh counts, instead of a dump."
    )
    max_age: Duration = Field(
        default=timedelta(minutes=15), description="Neither a dump nor the recovery's newest moment may be older."
    )
    min_bytes: int = Field(default=1000, ge=1, description="A smaller dump does not count as verified.")
    tables: tuple[Line, ...] = Field(
        default=(), description="Tables that must have rows in the dump: users, audit.log."
    )
    keep: Duration = Field(
        default=timedelta(days=30), description="How long it is kept; the newest dump is kept in any case."
    )
    timeout: Duration = timedelta(minutes=10)

    @property
    def programs(self) -> tuple[str, ...]:
        return ("pg_dump", "pg_dumpall", "pg_restore")

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.postgres,)


_ROWS = "rows.json"


async def run(step: SupabaseBackup, context: Context) -> Outcome:
    """Accept fresh point-in-time recovery when the runbook lets it; else dump, and prove the dump."""
    if step.accept_pitr and (recovery := await _recovery(step, context)):
        return recovery
    make_private(context.output_path().parent)
    name = f"run-{context.run.id}-{step.id}-{context.record.attempt}"
    dump = Dump(step, context, folder_of(context.data_dir, name))
    try:
        await asyncio.to_thread(make_folder, dump.folder)
        return await dump.take()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Refusal(say("The backup could not be written: {why} ({path}).", why=why, path=dump.folder)) from None
    finally:
        if not dump.proven:  # a dump that proves nothing is only a copy of everybody's data
            await asyncio.to_thread(shutil.rmtree, dump.folder, ignore_errors=True)


async def _recovery(step: SupabaseBackup, context: Context) -> Done | None:
    """Supabase's point-in-time recovery, when it is on and reaches far enough towards now."""
    supabase = context.tools.maybe(Supabase)
    if supabase is None:
        return None
    found = await supabase.backups()
    now, until = context.tools.now(), found.restorable_until
    if not found.pitr_enabled or until is None or now - until > step.max_age:
        return None
    words = say("point-in-time recovery reaches to {time}", time=moment(until, ZoneInfo(context.runbook.timezone)))
    return Done(words, proof(BackupKind.PITR, until, step.keep))


@dataclass
class Dump:
    """One dump in the making. `proven` once everything was checked."""

    step: SupabaseBackup
    context: Context
    folder: Path
    proven: bool = field(default=False)

    async def take(self) -> Done:
        """Dump roles, schema and rows (these two in one snapshot), read it all again, and judge it."""
        taken_at = self.context.tools.now()
        env = libpq_environment(self.step.postgres, self.context.tools.environment or {})
        dump, roles = self.folder / DUMP, self.folder / ROLES
        await self._run(
            ("pg_dumpall", "--roles-only", "--no-role-passwords", f"--database={env['PGDATABASE']}", f"--file={roles}"),
            env,
        )
        await self._run(("pg_dump", "--format=custom", f"--file={dump}"), env)
        await self._run(("pg_restore", "--list", str(dump)))
        return await self._judged(taken_at, await self._rows(dump))

    async def _rows(self, dump: Path) -> dict[str, int]:
        """How many rows of each table are in the dump, by reading it to its end."""
        result = self.folder / _ROWS
        counter = (sys.executable, "-I", "-S", str(Path(copy_rows.__file__)), str(result))
        await self._run((*counter, "pg_restore", "--data-only", "--file=-", str(dump)))
        text = await asyncio.to_thread(result.read_text, "utf-8")
        found: dict[str, int] = json.loads(text)
        return found

    async def _run(self, argv: tuple[str, ...], env: dict[str, str] | None = None) -> None:
        part = self.context.output_path().with_suffix(".part")
        patience = self.context.seconds_left(self.step)
        command = Command(argv, self.folder, part, env or {}, timeout_s=patience, idle_s=patience)
        ended = await one(command, self.context)
        if not ended.succeeded:
            raise Refusal(why_not(argv, ended))

    async def _judged(self, taken_at: datetime, rows: dict[str, int]) -> Done:
        size = (self.folder / DUMP).stat().st_size
        _check(self.step, size, rows)
        age = self.context.tools.now() - taken_at
        if age > self.step.max_age:
            raise Refusal(say("The backup took {age}, so it is already older than {limit}.", age=span(age),
                              limit=span(self.step.max_age)))  # fmt: skip
        sha256 = await asyncio.to_thread(seal, self.folder)
        self.proven = True
        path = f"{self.folder.parent.name}/{self.folder.name}"
        told = proof(BackupKind.DUMP, taken_at, self.step.keep, path=path, size=size, rows=rows, sha256=sha256)
        return Done(_words(size, rows, sha256), told, output=str(self.context.output_path()))


def _check(step: SupabaseBackup, size: int, rows: dict[str, int]) -> None:
    """Raise a Refusal unless the dump is large enough and has rows where they are expected."""
    if size < step.min_bytes:
        least = size_words(step.min_bytes)
        raise Refusal(
            say("The backup has {size}, and at least {least} are expected.", size=size_words(size), least=least)
        )
    expected = [table if "." in table else f"public.{table}" for table in step.tables]
    empty = [table for table in expected if not rows.get(table)]
    if empty or not any(rows.values()):
        raise Refusal(say("The backup holds no rows of {tables}.", tables=", ".join(empty) or say("any table")))


def _words(size: int, rows: dict[str, int], sha256: str) -> str:
    count = plural("{count} row", "{count} rows", sum(rows.values()))
    tables = plural("{count} table", "{count} tables", len(rows))
    return say(
        "verified: {rows} in {tables}, {size}, sha256 {sha256}", rows=count, tables=tables, size=size_words(size),
        sha256=sha256[:12],
    )  # fmt: skip


KINDS = (StepKind(SupabaseBackup, run),)
