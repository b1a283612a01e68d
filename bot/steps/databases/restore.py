"""`supabase.restore`: what two people agreed on is restored, once.

A dump is loaded in one transaction: it comes back whole or not at all. A point in time is one request to Supabase,
never repeated. What an interruption leaves open a person decides, and a restore that was begun is not begun again: for
another try two people have to agree anew.
"""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bot.backups.files import check_whole
from bot.errors import Ambiguous, OutsideError, Refusal
from bot.integrations.supabase.client import Supabase
from bot.restores.model import IN_PLACE, NEW, Choice, RestoreInputs, what_words
from bot.runbook.base import Duration, Slug
from bot.runbook.steps import EnvName, Step, StepKind
from bot.runs.model import StepState
from bot.runs.outcome import Context, Done, Failed, Outcome, Unknown
from bot.steps.databases.backup import SupabaseBackup
from bot.steps.databases.loading import Loading
from bot.text import plural, say
from bot.tools import psql


class SupabaseRestore(Step):
    """Restores what two people agreed on: a dump in one transaction, or a point in time by Supabase; never twice.

    It belongs to a procedure of kind `restore`. Into a new, empty database nothing of production is touched.
    """

    effect: ClassVar[bool] = True
    keeps_time: ClassVar[bool] = True
    needs_two_people: ClassVar[bool] = True
    kind: Literal["supabase.restore"]
    postgres: EnvName = Field(description="The variable that holds the URL of production's database.")
    new: EnvName = Field(description="The variable that holds the URL of a new, empty database (a new project).")
    schemas: Annotated[tuple[Slug, ...], Field(min_length=1)] = Field(
        default=("public",), description="What of the dump is restored; Supabase's own schemas are not."
    )
    timeout: Duration = timedelta(hours=2)

    @property
    def new_database(self) -> str:
        return self.new

    @property
    def programs(self) -> tuple[str, ...]:
        return ("pg_restore", "psql")

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.postgres, self.new)


AGAIN_S = 60.0
"""Seconds in which Supabase must be seen restoring after it took the request."""
POLL_S = 2.0
"""Seconds between two looks at the project."""


async def run(step: SupabaseRestore, context: Context) -> Outcome:
    """Restore what was agreed on; what is refused before anything was touched may be tried again, nothing else may."""
    attempt = context.record.attempt
    if attempt > 1 and context.record.detail.get("untouched") != attempt - 1:
        return Failed(
            say("This approval has been used: a restore was started. Request another with /rollback database.")
        )
    try:
        return await _restore(step, context)
    except Refusal as refusal:
        return Failed(refusal.sentence, {"untouched": attempt})


async def _restore(step: SupabaseRestore, context: Context) -> Outcome:
    """Check once more that two people agreed and that the backup is whole; then restore it."""
    choice = _agreed(context)
    if choice.target == IN_PLACE:
        _check_current_state(context)
    if not choice.is_dump:
        return await _recover(context, choice)
    folder = context.data_dir.resolve() / str(choice.path)
    await check_whole(folder, choice.sha256)
    return await Loading(step, context, choice, folder).load()


def _agreed(context: Context) -> Choice:
    choice, run = RestoreInputs.of(context.run).restore, context.run
    if choice is None or not run.approved_by or run.approved_by == run.requested_by:
        raise Refusal(say("A restore needs two different people: one who asks and one who approves."))
    return choice


def _check_current_state(context: Context) -> None:
    """In place the state before it is lost: without a proven backup of it made by this run, nothing is touched."""
    made = [step.id for _, step in context.procedure.steps() if isinstance(step, SupabaseBackup)]
    records = [context.records[step_id] for step_id in made if step_id in context.records]
    if not any(r.state is StepState.DONE and r.detail.get("backup") for r in records):
        raise Refusal(say("There is no verified backup of the current state, so nothing is restored over it."))


async def _recover(context: Context, choice: Choice) -> Outcome:
    supabase = context.tools.client(Supabase)
    try:
        await supabase.restore_pitr(int(choice.moment.timestamp()))
    except Ambiguous as lost:
        return Unknown(lost.sentence)
    return await _recovered(context, supabase, choice)


async def _recovered(context: Context, supabase: Supabase, choice: Choice) -> Outcome:
    """Wait until the project has been away and is back; what it says is read, never assumed."""
    away, looks = False, 0
    while True:
        status = await _status(supabase)
        if status == "RESTORE_FAILED":
            return Failed(
                say("Supabase says that the restore failed (RESTORE_FAILED): its support has to help."),
            )
        if status == "ACTIVE_HEALTHY" and away:
            return Done(say("restored {what}", what=what_words(choice)))
        away, looks = away or status not in ("ACTIVE_HEALTHY", ""), looks + 1
        if not away and looks > AGAIN_S / POLL_S:
            return Unknown(
                say("Supabase accepted the request but never reported a restore. Check its dashboard."),
            )
        await context.tools.sleep(POLL_S)


async def _status(supabase: Supabase) -> str:
    """What Supabase says of the project; empty when it does not answer."""
    try:
        return await supabase.status()
    except OutsideError:
        return ""


async def reconcile(step: SupabaseRestore, context: Context) -> Outcome:
    """After an interruption: never again by itself. What can be read is read, and a person decides."""
    choice = _agreed(context)
    if choice.is_dump:
        return Unknown(await _dump_left(step, context, choice))
    supabase = context.tools.client(Supabase)
    status = await _status(supabase)
    if status == "RESTORING":
        return await _recovered(context, supabase, choice)
    why = status or say("nothing")
    sentence = "NeonOps was interrupted while it requested the restore; the project says {why}. Check its dashboard."
    return Unknown(say(sentence, why=why))


async def _dump_left(step: SupabaseRestore, context: Context, choice: Choice) -> str:
    """What the database that was being restored holds now, compared with the backup."""
    sentence = say("NeonOps was interrupted during the restore. A dump is restored completely or not at all.")
    try:
        found = await psql.row_counts(
            context.tools, _variable(step, choice), psql.of_schemas(choice.rows, step.schemas)
        )
    except Refusal as refusal:
        return f"{sentence} {refusal.sentence}"
    expected = psql.of_schemas(choice.rows, step.schemas)
    same = sum(found.get(table) == count for table, count in expected.items())
    tables = plural("{count} table", "{count} tables", same)
    return sentence + " " + say("Now {tables} of {all} match the backup.", tables=tables, all=len(expected))


def _variable(step: SupabaseRestore, choice: Choice) -> str:
    return step.new if choice.target == NEW else step.postgres


KINDS = (StepKind(SupabaseRestore, run, reconcile),)
