"""`sql`: a reading query on the product's database."""

from typing import ClassVar, Literal

from bot.runbook.sections.requests import SqlQuery
from bot.runbook.steps import StepKind
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.text import plural, say, shorten
from bot.tools import first_value


class SqlStep(SqlQuery):
    """A read-only query on NEONPRO_DATABASE_URL; good when it answers, and with enough rows."""

    kind: Literal["sql"]
    interruptible: ClassVar[bool] = True


async def run(step: SqlStep, context: Context) -> Outcome:
    """Ask, and judge by the number of rows and the time it took."""
    rows = await context.tools.sql(step.query, timeout_s=step.timeout.total_seconds())
    took = round(rows.duration_ms)
    if len(rows.rows) < step.min_rows:
        return Failed(say("{count} rows, at least {least} expected", count=len(rows.rows), least=step.min_rows))
    if step.max_ms is not None and took > step.max_ms:
        return Failed(say("answered in {ms} ms, slower than {limit} ms", ms=took, limit=step.max_ms))
    what: str = plural("{count} row", "{count} rows", len(rows.rows))
    if len(rows.rows) == 1 and len(rows.columns) == 1 and rows.columns[0] != "?column?":
        what = f"{rows.columns[0]} = {shorten(str(first_value(rows)), 80)}"
    return Done(say("{what} in {ms} ms", what=what, ms=took))


KINDS = (StepKind(SqlStep, run),)
