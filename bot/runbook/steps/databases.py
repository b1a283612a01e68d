"""Steps about backups and restores."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bot.runbook.base import Duration, Line, Slug
from bot.runbook.steps.base import EnvName, Step


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
    min_bytes: int = Field(default=1000, ge=1, description="A smaller dump proves nothing.")
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


class BackupList(Step):
    """What can be restored: the dumps, their checksums verified anew, and how far point-in-time recovery reaches."""

    interruptible: ClassVar[bool] = True
    kind: Literal["backup.list"]
    timeout: Duration = timedelta(minutes=15)


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
    def programs(self) -> tuple[str, ...]:
        return ("pg_restore", "psql")

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.postgres, self.new)


class BackupCheck(Step):
    """Compares what was restored with the backup's own counts of rows, and reads the state of Prisma's migrations."""

    interruptible: ClassVar[bool] = True
    kind: Literal["backup.check"]
    timeout: Duration = timedelta(minutes=10)
