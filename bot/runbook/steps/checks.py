"""Steps that look: at health, metrics, vendors and commits."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bot.runbook.base import Duration, Frozen, Slug
from bot.runbook.steps.base import Proof, Step


class StatuspageCheck(Step):
    """Read vendors' status pages."""

    interruptible: ClassVar[bool] = True
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

    interruptible: ClassVar[bool] = True
    proves: ClassVar[Proof | None] = Proof.HEALTH
    kind: Literal["health.check"]
    groups: tuple[Slug, ...]
    soak: Soak | None = Field(default=None, description="Look again and again; without it once.")
    timeout: Duration = timedelta(seconds=60)


class GithubCheck(Step):
    """Ask GitHub about the commit that is deployed, in the git_repo of each service; a good answer ticks the item.

    What is not good, or not known (no GITHUB_TOKEN, no checks, not scanned), is shown and left to a person. It is asked
    again by Check again, and when the branch has moved.
    """

    about_commit: ClassVar[bool] = True
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

    interruptible: ClassVar[bool] = True
    proves: ClassVar[Proof | None] = Proof.METRICS
    kind: Literal["metrics.check"]
    metrics: Annotated[tuple[Slug, ...], Field(min_length=1)] = Field(description="Metrics that have a query.")
    level: Literal["critical", "warning"] = Field(
        default="warning", description="Thresholds that count: critical alone, or warning and critical."
    )
    timeout: Duration = timedelta(seconds=20)
