"""Short questions to a database by `psql`, its URL named by a variable: what tables there are, how many rows."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bot.errors import Refusal
from bot.execution.captured import capture, records
from bot.execution.shell import Command
from bot.integrations.postgres.failures import why_not
from bot.runbook.libpq import libpq_environment
from bot.tools import Tools

PATIENCE_S = 120.0
"""Seconds that one question may take."""
_CAP = 10_000_000


async def ask(
    tools: Tools, variable: str, query: str, fields: int, *, timeout_s: float = PATIENCE_S
) -> list[tuple[str, ...]]:
    """The rows of a reading query, as texts; `fields` columns each.

    Raises:
        Refusal: the variable is not set, the database does not answer, or it refuses the query.
    """
    environ = tools.environment or {}
    env = {**libpq_environment(variable, environ), "PGOPTIONS": "-c default_transaction_read_only=on"}
    # Fields and rows end with NUL: names of tables may hold anything else.
    argv = ("psql", "-XAtqz0", "--set=ON_ERROR_STOP=1", f"--command={query}")
    command = Command(argv, Path("/"), Path(), env, timeout_s=timeout_s, idle_s=timeout_s, output_cap=_CAP)
    ended = await capture(command, environ=environ, lease=tools.lease)
    if not ended.succeeded:
        raise Refusal(why_not(argv[:1], ended.as_outcome(tools.masker)))
    return records(ended.out, fields)


async def tables(tools: Tools, variable: str, schemas: Sequence[str]) -> list[str]:
    """`public.users` … of every table in these schemas."""
    names = ", ".join(_text(name) for name in schemas)
    query = (
        "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE n.nspname IN ({names}) AND c.relkind IN ('r', 'p') ORDER BY 1"
    )
    return [row[0] for row in await ask(tools, variable, query, 1)]


async def row_counts(tools: Tools, variable: str, names: Iterable[str]) -> dict[str, int]:
    """How many rows these tables have; a table that is not there is left out."""
    wanted = sorted(names)
    there = set(await tables(tools, variable, sorted({name.split(".", 1)[0] for name in wanted}))) if wanted else set()
    known = [name for name in wanted if name in there]
    if not known:
        return {}
    parts = (f"SELECT {_text(name)}, count(*) FROM {quoted_table(name)}" for name in known)
    found = await ask(tools, variable, " UNION ALL ".join(parts), 2)
    return {name: int(count) for name, count in found}


async def migrations(tools: Tools, variable: str) -> tuple[str, int] | None:
    """Prisma's newest finished migration, and how many began and did not end; None without its table."""
    ((exists,),) = await ask(tools, variable, "SELECT to_regclass('public._prisma_migrations') IS NOT NULL", 1)
    if exists != "t":
        return None
    query = (
        "SELECT coalesce(max(migration_name) FILTER (WHERE finished_at IS NOT NULL), ''), "
        "count(*) FILTER (WHERE finished_at IS NULL AND rolled_back_at IS NULL) FROM public._prisma_migrations"
    )
    ((newest, unfinished),) = await ask(tools, variable, query, 2)
    return newest, int(unfinished)


def of_schemas(rows: Mapping[str, int], schemas: Sequence[str]) -> dict[str, int]:
    """The tables of a backup that belong to these schemas."""
    return {name: count for name, count in rows.items() if name.split(".", 1)[0] in schemas}


def quoted_table(name: str) -> str:
    """`public.users` as `"public"."users"`."""
    schema, _, table = name.partition(".")
    return f"{quoted(schema)}.{quoted(table)}"


def quoted(name: str) -> str:
    """An identifier that is nothing else."""
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
