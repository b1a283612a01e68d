"""The parts of a runbook that the clock works on: metrics, backups, maintenance, compliance, reviews."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from bot.runbook.base import Duration, Frozen, Line, Prose, Slug, Titled, Worded


class Metric(Worded):
    """A key metric and the value that it should keep."""

    id: Slug
    target: Line
    unit: Line | None = None
    query: Prose | None = Field(default=None, description="PromQL.")
    groups: tuple[Slug, ...] | None = Field(
        default=None,
        description="The health groups whose answer times its thresholds in ms or s judge as well; absent = all.",
    )

    def shown(self, value: float) -> str:
        """A value as people read it: `0.25%`, `1840 ms`."""
        number = f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
        return f"{number}{self.unit}" if self.unit == "%" else f"{number} {self.unit}" if self.unit else number


class Threshold(Frozen):
    """An alert threshold: `error_rate > 5%`."""

    metric: Slug
    above: Annotated[float, Field(allow_inf_nan=False)] | None = None
    below: Annotated[float, Field(allow_inf_nan=False)] | None = None
    unit: Line
    level: Literal["critical", "warning"]
    text: Line
    corrects: Prose | None = None


class Link(Frozen):
    """A dashboard."""

    title: Line
    url: Line


class Monitoring(Titled):
    """Metrics, thresholds, dashboards."""

    metrics_heading: Line
    metrics: tuple[Metric, ...]
    thresholds_heading: Line
    thresholds: tuple[Threshold, ...]
    dashboards_heading: Line
    dashboards: tuple[Link, ...]


class BackupKind(Worded):
    """A kind of backup and how long it is kept."""

    id: Slug
    every: Line
    retention: Duration | None = None


class Backups(Titled):
    """What is backed up; the proof is the procedure named here."""

    kinds_heading: Line
    kinds: tuple[BackupKind, ...]
    retention: Line
    verification: Slug = Field(description="The procedure that verifies a backup.")
    recovery: Slug = Field(description="The procedure of disaster recovery.")
    corrects: Prose | None = None


class Maintenance(Titled):
    """Maintenance windows; the checklist is the procedure named here."""

    schedule_heading: Line
    frequency: Line
    min_duration: Duration
    max_duration: Duration
    notice: Duration
    window: Line
    cron: Line = Field(description="When the window opens, in the runbook's time zone (crontab form).")
    length: Duration
    timezone: Line
    procedure: Slug


class ScheduledCheck(Worded):
    """A recurring duty."""

    id: Slug
    every: Literal["daily", "weekly", "monthly", "quarterly", "biannually", "annually"]
    roles: tuple[Slug, ...] = ()


class Framework(Frozen):
    """A compliance framework the team answers to."""

    id: Slug
    title: Line
    name: Line


class Compliance(Titled):
    """Compliance checks and frameworks."""

    checks_heading: Line
    checks: tuple[ScheduledCheck, ...]
    frameworks_heading: Line
    frameworks: tuple[Framework, ...]


class Freeze(Worded):
    """A recurring time in which nothing is deployed: it opens at `cron` (in the runbook's zone) and lasts `length`."""

    id: Slug
    cron: Line
    length: Duration


class Watch(Frozen):
    """A metric that is looked at again and again after a deploy, and judged by the alert thresholds."""

    metric: Slug
    every: Duration
    lasts: Duration = Field(default=timedelta(hours=24), description="How long after the deploy, counted from its end.")
    item: Slug | None = Field(
        default=None,
        description="The item of the deploy's `after` stage that shows the figures; it is ticked when all checks "
        "passed.",
    )
    worse: Literal["higher", "lower"] = Field(default="higher", description="Which values are worse.")


class DeployPolicy(Frozen):
    """How deploys are let through, and what happens when their verification fails."""

    approval_expires: Duration = Field(default=timedelta(hours=24), description="An approval not used by then is void.")
    blocked_by: tuple[Slug, ...] = Field(default=(), description="Open incidents of these severities block deploys.")
    only_in_maintenance: tuple[Slug, ...] = Field(
        default=(), description="Services that are deployed only within the maintenance window."
    )
    during_maintenance: Literal["allow", "warning", "failed"] = Field(
        default="warning",
        description="What a deploy meets while maintenance is under way that did not start it: failed = it waits.",
    )
    lock_reminder: Duration | None = Field(
        default=timedelta(hours=3),
        description="How often the owner of a lock without an end is reminded of it (1m to 2d); null = never.",
    )
    rollback_after: Duration | None = Field(
        default=None,
        description="When verification fails: 0 = roll back at once, 5m = unless somebody decides first; absent = ask.",
    )
    watch: tuple[Watch, ...] = Field(
        default=(),
        max_length=8,
        description="What is monitored after a deploy, until a newer run moves production of the same services.",
    )


class Migrations(Frozen):
    """Where the database's migrations stand: Prisma's table of what was applied, and the folder of their SQL."""

    table: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$")] = Field(
        default="public._prisma_migrations", description="Prisma's table, with its schema."
    )
    path: Line = Field(description="Below the repository's root: <path>/<name>/migration.sql.")


AheadKind = Literal["drop", "rename", "not_null", "alter_type", "data", "code", "unread"]


class RollbackPolicy(Frozen):
    """What a rollback takes, and when the database's schema makes it dangerous."""

    approval: bool = Field(
        default=False,
        description="Whether somebody other than the requester has to confirm it, and its undo, and a promote of the "
        "newest. An emergency rollback asks nobody.",
    )
    migrations: Migrations | None = Field(
        default=None, description="Absent = the schema is not compared with what is rolled back to, and that is said."
    )
    dangerous: tuple[AheadKind, ...] = Field(
        default=("drop", "rename", "not_null", "alter_type", "unread"),
        description="What in later migrations has to be confirmed a second time; unread = the SQL was not found.",
    )


class Upkeep(Titled):
    """How the runbook itself is kept: reviews and change management."""

    reviews_heading: Line
    reviews: tuple[ScheduledCheck, ...]
    changes_heading: Line
    changes: tuple[Line, ...]
