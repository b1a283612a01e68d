"""The kinds of steps a runbook can name: one frozen model each, and the union of them all.

`manual` is ticked by a person. Every other kind is done by the bot, in `bot/runs/steps/`, under the same name.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal, Union

from pydantic import BeforeValidator, Field, WithJsonSchema

from bot.errors import Refusal
from bot.runbook.base import Duration, Frozen, Line, Prose, Slug, Worded
from bot.runbook.libpq import libpq_environment
from bot.text import say

EnvName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Retry(Frozen):
    """How often a failed attempt is made again by itself, before a person is asked."""

    attempts: int = Field(default=1, ge=1, le=10, description="Attempts in all; 1 = no retry.")
    delay: Duration = timedelta(seconds=5)


class Step(Worded):
    """What all kinds share: one line of a checklist, or one action."""

    effect: ClassVar[bool] = False
    """Whether it changes something outside: an interrupted reading step runs again, a mutating one asks first."""

    id: Slug
    note: Prose | None = Field(default=None, description="Guidance for the person, shown on demand.")
    corrects: Prose | None = Field(default=None, description="What the written runbook's own command gets wrong.")
    starts: Literal["auto", "button"] = Field(
        default="auto", description="In a checklist: by itself when its phase opens, or when a person presses Run."
    )
    ticked_by: Literal["bot", "person"] = Field(
        default="bot", description="Whether a good outcome ticks the item, or only shows what was found."
    )
    required: bool = Field(
        default=True, description="Whether the run may go on while this is neither done nor skipped."
    )
    service: Slug | None = Field(default=None, description="Only when this service is among the run's targets.")
    timeout: Duration = timedelta(seconds=60)
    retry: Retry = Retry()

    @property
    def mutates(self) -> bool:
        """Whether it changes something outside (a shell step says so itself)."""
        return self.effect

    @property
    def programs(self) -> tuple[str, ...]:
        """What it needs on PATH."""
        return ()

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that it needs: their values are secrets."""
        return ()


class ManualStep(Step):
    """A person does it and ticks it."""

    kind: Literal["manual"] = "manual"


class GitWorktree(Step):
    """A fresh checkout of the run's own, in which its shell steps run: `git worktree` of NEONOPS_WORKDIR.

    It is made at the approved commit, else at the newest of the branch that was asked for, and taken away when the run
    ends; of runs that failed, a few are kept for a day. Running the step again makes it anew.
    """

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

    kind: Literal["shell"]
    run: Annotated[tuple[tuple[str, ...], ...], Field(min_length=1, max_length=20)] = Field(
        description="argv lists, never a shell line: [[git, fetch, origin], [bun, install]]. "
        "{ref}, {sha}, {target}, {run} and {data} are filled in."
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

    kind: Literal["sql"]
    query: Prose
    min_rows: int = Field(default=1, ge=0)
    max_ms: int | None = Field(default=None, description="Slower than this is shown as a warning.")
    timeout: Duration = timedelta(seconds=10)


class SupabaseBackup(Step):
    """A backup that is proven: nothing comes after it when it is not.

    A dump of roles, schema and rows (the two in one snapshot), read again to its end, with a checksum and the rows of
    each table; or, where the runbook accepts that, Supabase's point-in-time recovery when it is fresh.
    """

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

    kind: Literal["backup.list"]
    timeout: Duration = timedelta(minutes=15)


class SupabaseRestore(Step):
    """Restores what two people agreed on: a dump in one transaction, or a point in time by Supabase; never twice.

    It belongs to a procedure of kind `restore`. Into a new, empty database nothing of production is touched.
    """

    effect: ClassVar[bool] = True
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

    kind: Literal["backup.check"]
    timeout: Duration = timedelta(minutes=10)


class VercelList(Step):
    """The last production deployments of services, with the recommended one to go back to."""

    kind: Literal["vercel.list"]
    services: tuple[Slug, ...]
    limit: int = Field(default=5, ge=1, le=20)


BuildSource = Annotated[
    Literal["build", "git"], WithJsonSchema({"type": "string", "pattern": r"^(build|git|\$\{[A-Z][A-Z0-9_]*\})$"})
]


class VercelDeploy(Step):
    """Build a production deployment of a service and wait until it is READY (which is not live yet).

    With `source: git` nothing is built by the bot: it finds the production deployment that Vercel's Git integration
    made of the approved commit. Where Vercel gives it the domains by itself, it may be live already.
    """

    effect: ClassVar[bool] = True
    kind: Literal["vercel.deploy"]
    service: Slug
    source: BuildSource = Field(default="build", description="build = ask for a build; git = find what the merge made.")
    found_within: Duration = Field(
        default=timedelta(minutes=5), description="With `source: git`: how long the merge's deployment is waited for."
    )
    timeout: Duration = timedelta(minutes=15)

    @property
    def mutates(self) -> bool:
        return self.source == "build"


class VercelProbe(Step):
    """Ask the build that this run made, at its own address, before it has any traffic.

    The HTTP checks of the groups are asked there instead of at the service's address. Behind Vercel's Deployment
    Protection they need VERCEL_AUTOMATION_BYPASS_SECRET.
    """

    kind: Literal["vercel.probe"]
    service: Slug
    groups: Annotated[tuple[Slug, ...], Field(min_length=1)]


class VercelPromote(Step):
    """Point production at the deployment that this run built."""

    effect: ClassVar[bool] = True
    kind: Literal["vercel.promote"]
    service: Slug


class VercelRollback(Step):
    """Point production back at the chosen earlier deployment of a service."""

    effect: ClassVar[bool] = True
    kind: Literal["vercel.rollback"]
    service: Slug


class VercelWaitAlias(Step):
    """Wait until the alias job of this run's own promote or rollback has succeeded: only then is it live."""

    kind: Literal["vercel.wait_alias"]
    service: Slug
    timeout: Duration = timedelta(minutes=4)


class StatuspageCheck(Step):
    """Read vendors' status pages."""

    kind: Literal["statuspage.check"]
    vendors: tuple[Slug, ...]
    timeout: Duration = timedelta(seconds=15)


class Soak(Frozen):
    """Good looks in a row over a stretch of time: one bad look starts the row anew.

    It fails as soon as no whole row fits into the step's `timeout` any more, and at once when a threshold breaks that
    was kept before. A metric that is broken at the first look (an outage that this very deploy mends) has to recover.
    Metrics count when PROMETHEUS_URL is set; without data a person decides.
    """

    good: int = Field(default=5, ge=1, le=100, description="Good looks in a row.")
    over: Duration = Field(default=timedelta(minutes=3), description="From the first of the row to the last.")
    every: Duration = Field(default=timedelta(seconds=20), description="Between two looks.")
    metrics: tuple[Slug, ...] = Field(default=(), description="Metrics that have a query, read at each look.")
    level: Literal["critical", "warning"] = Field(
        default="critical", description="Thresholds that count: critical alone, or warning and critical."
    )

    @property
    def least(self) -> timedelta:
        """The shortest time that a whole row takes."""
        return max(self.over, (self.good - 1) * self.every)


class HealthCheckStep(Step):
    """Run groups of the runbook's health checks, once or for a while (`soak`)."""

    kind: Literal["health.check"]
    groups: tuple[Slug, ...]
    soak: Soak | None = Field(default=None, description="Look again and again; without it once.")
    timeout: Duration = timedelta(seconds=60)


class GithubCheck(Step):
    """Ask GitHub about the commit that is deployed, in the git_repo of each service; a good answer ticks the item.

    What is not good, or not known (no GITHUB_TOKEN, no checks, not scanned), is shown and left to a person. It is asked
    again by Check again, and when the branch has moved.
    """

    kind: Literal["github.check"]
    what: Literal["reviews", "checks", "code_scanning"] = Field(
        description="reviews: its pull request is approved by somebody else; checks: all check runs and statuses "
        "succeeded; code_scanning: this commit was scanned and no critical alert is open."
    )
    timeout: Duration = timedelta(seconds=30)


class MetricsCheck(Step):
    """Read metrics of the runbook from Prometheus and judge them by its alert thresholds.

    A broken threshold fails the step. Without data, or without PROMETHEUS_URL, nothing is known: a person ticks or
    skips it, and with `required: false` the run goes on.
    """

    kind: Literal["metrics.check"]
    metrics: Annotated[tuple[Slug, ...], Field(min_length=1)] = Field(description="Metrics that have a query.")
    level: Literal["critical", "warning"] = Field(
        default="warning", description="Thresholds that count: critical alone, or warning and critical."
    )
    timeout: Duration = timedelta(seconds=20)


class Notify(Step):
    """Tell the people of roles: a mention in the run's channel, and their pagers."""

    effect: ClassVar[bool] = True
    kind: Literal["notify"]
    roles: tuple[Slug, ...]
    message: Line | None = None


class ChannelCreate(Step):
    """The incident's channel; ticked by the bot when Slack has made it."""

    effect: ClassVar[bool] = True
    kind: Literal["channel.create"]


class StartProcedure(Step):
    """Start another procedure by a button; ticked by its outcome."""

    kind: Literal["start_procedure"]
    procedure: Slug
    starts: Literal["auto", "button"] = "button"


def kind_by_default(kind: str) -> BeforeValidator:
    """For a union of kinds: an entry that names no kind is of this one."""
    return BeforeValidator(lambda value: {"kind": kind} | value if isinstance(value, dict) else value)


AnyStep = Annotated[
    Union[  # noqa: UP007 - one name a line
        ManualStep,
        ShellStep,
        HttpStep,
        SqlStep,
        GitWorktree,
        SupabaseBackup,
        BackupList,
        SupabaseRestore,
        BackupCheck,
        VercelList,
        VercelDeploy,
        VercelProbe,
        VercelPromote,
        VercelRollback,
        VercelWaitAlias,
        StatuspageCheck,
        HealthCheckStep,
        MetricsCheck,
        GithubCheck,
        Notify,
        ChannelCreate,
        StartProcedure,
    ],
    Field(discriminator="kind"),
    kind_by_default("manual"),
]
