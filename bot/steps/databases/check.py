"""`backup.check`: whether what was restored is what was backed up, by counting its rows and reading its migrations."""

from datetime import timedelta
from typing import ClassVar, Literal

from bot.restores.model import NEW, Choice, RestoreInputs
from bot.runbook.base import Duration
from bot.runbook.steps import Step, StepKind
from bot.runs.model import StepState
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.steps.databases.restore import SupabaseRestore
from bot.text import plural, say
from bot.tools import psql


class BackupCheck(Step):
    """Compares what was restored with the backup's own counts of rows, and reads the state of Prisma's migrations."""

    interruptible: ClassVar[bool] = True
    kind: Literal["backup.check"]
    timeout: Duration = timedelta(minutes=10)


async def run(step: BackupCheck, context: Context) -> Outcome:
    """Compare with the backup's own counts. In place rows may have come since; none may be missing."""
    if context.run.drill:
        return Done(say("Drill: nothing was restored, so nothing is compared."))
    choice = RestoreInputs.of(context.run).restore
    restore = next((s for _, s in context.procedure.steps() if isinstance(s, SupabaseRestore)), None)
    if choice is None or restore is None or context.records[restore.id].state is not StepState.DONE:
        return Failed(say("Nothing was restored, so there is nothing to compare."))
    variable = restore.new if choice.target == NEW else restore.postgres
    wrong, found = await _rows(context, variable, psql.of_schemas(choice.rows, restore.schemas), choice)
    migrations, what = await _migrations(context, variable)
    problems = [*wrong, *migrations]
    return Failed("\n".join(problems)) if problems else Done("; ".join((found, what)))


async def _rows(context: Context, variable: str, expected: dict[str, int], choice: Choice) -> tuple[list[str], str]:
    if not choice.is_dump:
        there = await psql.tables(context.tools, variable, ("public",))
        missing: list[str] = [] if there else [say("The schema public has no table.")]
        return missing, plural("{count} table", "{count} tables", len(there))
    found = await psql.row_counts(context.tools, variable, expected)
    wrong = [_differs(name, count, found.get(name)) for name, count in expected.items()
             if not _is_right(count, found.get(name), choice)]  # fmt: skip
    rows = plural("{count} row", "{count} rows", sum(found.values()))
    tables = plural("{count} table", "{count} tables", len(expected))
    return wrong, say("{rows} in {tables}, as backed up", rows=rows, tables=tables)


def _is_right(expected: int, found: int | None, choice: Choice) -> bool:
    if found is None:
        return False
    return found == expected if choice.target == NEW else found >= expected


def _differs(table: str, expected: int, found: int | None) -> str:
    if found is None:
        return say("{table} is missing; the backup has {expected} rows of it.", table=table, expected=expected)
    return say("{table} has {found} rows, the backup has {expected}.", table=table, found=found, expected=expected)


async def _migrations(context: Context, variable: str) -> tuple[list[str], str]:
    state = await psql.migrations(context.tools, variable)
    if state is None:
        return [], say("no Prisma migrations")
    newest, unfinished = state
    if unfinished:
        count = plural(
            "{count} migration began and did not end.", "{count} migrations began and did not end.", unfinished
        )
        return [count], ""
    return [], say("newest migration {name}", name=newest)


KINDS = (StepKind(BackupCheck, run),)
