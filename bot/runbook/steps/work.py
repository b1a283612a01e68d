"""Steps that people do, and that run commands, requests and queries."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from bot.errors import Refusal
from bot.runbook.base import Duration, Line, Prose, Slug
from bot.runbook.libpq import libpq_environment
from bot.runbook.steps.base import EnvName, Proof, Step
from bot.text import say


class ManualStep(Step):
    """A person does it and ticks it."""

    by_person: ClassVar[bool] = True
    kind: Literal["manual"] = "manual"


class GitWorktree(Step):
    """A fresh checkout of the run's own, in which its shell steps run: `git worktree` of NEONOPS_WORKDIR.

    It is made at the approved commit, else at the newest of the branch that was asked for, and taken away when the run
    ends; of runs that failed, a few are kept for a day. Running the step again makes it anew.
    """

    interruptible: ClassVar[bool] = True
    keeps_time: ClassVar[bool] = True
    makes_checkout: ClassVar[bool] = True
    kind: Literal["git.worktree"]
    timeout: Duration = timedelta(minutes=5)

    @property
    def programs(self) -> tuple[str, ...]:
        return ("git",)


class ShellStep(Step):
    """Commands that run one after another in the work directory; the first that fails ends the step.

    The work directory is what the procedure's `git.worktree` made for this run, else NEONOPS_WORKDIR: one checkout, in
    which two shell steps must not run at the same time.
    """

    interruptible: ClassVar[bool] = True
    keeps_time: ClassVar[bool] = True
    runs_commands: ClassVar[bool] = True
    kind: Literal["shell"]
    run: Annotated[tuple[tuple[str, ...], ...], Field(min_length=1, max_length=20)] = Field(
        description="argv lists, never a shell line: [[bun, install], [bun, test]]. "
        "{ref}, {sha}, {target}, {run} and {data} (a directory of the run's own) are filled in."
    )
    cwd: Line | None = Field(default=None, description="Below the work directory.")
    env: tuple[EnvName, ...] = Field(
        default=(), description="Environment variables that the commands may see beside PATH, HOME, LANG and TZ."
    )
    postgres: EnvName | None = Field(
        default=None,
        description="A variable that holds a PostgreSQL URL: the commands see it as PGHOST, PGUSER, PGPASSWORD …, "
        "which pg_dump, pg_restore and psql read, so that no password is ever an argument.",
    )
    idempotent: bool = Field(default=False, description="Safe to run again when it was interrupted.")
    migrates: bool = Field(
        default=False, description="It changes the database's schema: a rollback of the application leaves that."
    )
    timeout: Duration = timedelta(minutes=10)
    idle_timeout: Duration = timedelta(minutes=5)

    @property
    def mutates(self) -> bool:
        return not self.idempotent

    @property
    def changes_schema(self) -> bool:
        return self.migrates

    @property
    def programs(self) -> tuple[str, ...]:
        return tuple(argv[0] for argv in self.run)

    @property
    def variables(self) -> tuple[str, ...]:
        return (*self.env, self.postgres) if self.postgres else self.env

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """What of `environ` the commands may see, the PG* variables of `postgres` included.

        Raises:
            Refusal: a variable is not set, or that of `postgres` does not hold a PostgreSQL URL.
        """
        missing = [name for name in self.env if name not in environ]
        if missing:
            raise Refusal(say("{names} must be set in NeonOps' environment for this step.", names=", ".join(missing)))
        allowed = {name: environ[name] for name in self.env}
        return allowed | (libpq_environment(self.postgres, environ) if self.postgres else {})


class HttpStep(Step):
    """One request; good when the status (and, for JSON, the field values) are as expected."""

    proves: ClassVar[Proof | None] = Proof.REQUEST
    kind: Literal["http"]
    url: Line
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    headers: dict[str, Line] = Field(default={})
    body: dict[str, Any] | None = None
    status: tuple[int, ...] = (200,)
    json_values: dict[str, tuple[Any, ...]] = Field(
        default={}, description="JSON path -> allowed values: {status: [ok]}."
    )
    contains: Line | None = None
    timeout: Duration = timedelta(seconds=10)

    @property
    def mutates(self) -> bool:
        return self.method not in ("GET", "HEAD")


class SqlStep(Step):
    """A read-only query on NEONPRO_DATABASE_URL; good when it answers, and with enough rows."""

    interruptible: ClassVar[bool] = True
    kind: Literal["sql"]
    query: Prose
    min_rows: int = Field(default=1, ge=0)
    max_ms: int | None = Field(default=None, description="Slower than this is shown as a warning.")
    timeout: Duration = timedelta(seconds=10)


class StartProcedure(Step):
    """Start another procedure by a button; ticked by its outcome."""

    kind: Literal["start_procedure"]
    procedure: Slug
    starts: Literal["auto", "button"] = "button"

    @property
    def started_procedure(self) -> str | None:
        return self.procedure
