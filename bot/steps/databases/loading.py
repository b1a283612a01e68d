"""Loading a dump into a database: into a new and empty one, or over production, each in one transaction."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.backups.files import DUMP, ROLES, folder_of
from bot.errors import Refusal
from bot.execution.shell import Command
from bot.execution.shell import Outcome as Ended
from bot.integrations.postgres.failures import why_not
from bot.machine.private_files import make_private
from bot.restores.model import NEW, Choice, what_words
from bot.runbook.libpq import libpq_environment
from bot.runs.outcome import Context, Done, Failed, Outcome, Unknown
from bot.steps.shell import one
from bot.text import say
from bot.tools import psql

if TYPE_CHECKING:
    from bot.steps.databases.restore import SupabaseRestore

_LOST = ("connection to server was lost", "server closed the connection", "terminating connection")
_LOCKS = "-c lock_timeout=60000 -c statement_timeout=0"
_PLACE = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER")


@dataclass(frozen=True)
class Loading:
    """One dump on its way into one database."""

    step: "SupabaseRestore"
    context: Context
    choice: Choice
    folder: Path

    async def load(self) -> Outcome:
        """Load it; `Failed` says that nothing was changed, `Unknown` that this cannot be told."""
        make_private(self.context.output_path().parent)
        if self.choice.target != NEW:
            return await self._replay(self.step.postgres, await self._later_tables(), ("--clean", "--if-exists"))
        await self._check_new()
        # Roles that are there already, or belong to the platform, are no reason to stop: grants name what is missing.
        await self._psql(self.step.new, f"--file={self.folder / ROLES}")
        schemas = (f"CREATE SCHEMA IF NOT EXISTS {psql.quoted(name)}" for name in self.step.schemas)
        return await self._replay(self.step.new, "; ".join(schemas), ())

    def _env(self, variable: str) -> dict[str, str]:
        found = libpq_environment(variable, self.context.tools.environment or {})
        return {**found, "PGAPPNAME": f"neonops-run-{self.context.run.id}", "PGOPTIONS": _LOCKS}

    async def _check_new(self) -> None:
        """Raise a Refusal unless it is another database than production's, and holds nothing yet."""
        new, production = self._env(self.step.new), self._env(self.step.postgres)
        if all(new.get(name) == production.get(name) for name in _PLACE):
            raise Refusal(say("{name} is production's database: it must be another, empty one.", name=self.step.new))
        there = await psql.tables(self.context.tools, self.step.new, self.step.schemas)
        if there:
            names = ", ".join(there[:3])
            raise Refusal(say("{name} is not empty ({tables} …): it must be a new database.", name=self.step.new,
                              tables=names))  # fmt: skip

    async def _later_tables(self) -> str:
        """Drops the tables that came after the backup; empty when there are none."""
        there = await psql.tables(self.context.tools, self.step.postgres, self.step.schemas)
        later = [psql.quoted_table(name) for name in there if name not in self.choice.rows]
        return f"DROP TABLE IF EXISTS {', '.join(later)}" if later else ""

    async def _replay(self, variable: str, first: str, how: tuple[str, ...]) -> Outcome:
        """The dump as a script, and the script in one transaction after what comes `first`: all or nothing."""
        script = folder_of(self.context.data_dir, f"restore-run-{self.context.run.id}") / "restore.sql"
        only = tuple(f"--schema={name}" for name in self.step.schemas)
        words = ("--no-owner", *how, *only, f"--file={script}", str(self.folder / DUMP))
        try:
            await asyncio.to_thread(_empty_file, script)
            ended = await self._run(("pg_restore", *words), {})
            if not ended.succeeded:
                return self._failed(ended)
            before = (f"--command={first}",) if first else ()
            strict = ("--set=ON_ERROR_STOP=1", "--single-transaction")
            return self._ended(await self._psql(variable, *strict, *before, f"--file={script}"))
        finally:
            await asyncio.to_thread(shutil.rmtree, script.parent, ignore_errors=True)

    async def _psql(self, variable: str, *words: str) -> Ended:
        """Terse: PostgreSQL's longer messages quote rows, and those are people's data."""
        return await self._run(("psql", "-X", "--quiet", "--set=VERBOSITY=terse", *words), self._env(variable))

    async def _run(self, argv: tuple[str, ...], env: dict[str, str]) -> Ended:
        patience = self.context.seconds_left(self.step)
        part = self.context.output_path().with_suffix(".part")
        command = Command(argv, self.folder, part, env, timeout_s=patience, idle_s=patience)
        return await one(command, self.context)

    def _ended(self, ended: Ended) -> Outcome:
        log = str(self.context.output_path())
        if ended.succeeded:
            return Done(say("restored {what}", what=what_words(self.choice)), output=log)
        if ended.reason != "exited" or any(words in ended.tail for words in _LOST):
            lost = say("The connection was lost during the restore: check whether the rows are there.")
            return Unknown(f"{lost}\n{why_not(('PostgreSQL',), ended)}", output=log)
        return self._failed(ended)

    def _failed(self, ended: Ended) -> Failed:
        unchanged = say("Nothing was changed: a restore is one transaction.")
        why = why_not(("PostgreSQL",), ended)
        return Failed(f"{unchanged}\n{why}", output=str(self.context.output_path()))


def _empty_file(path: Path) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(mode=0o700, parents=True)
    path.touch(mode=0o600)
