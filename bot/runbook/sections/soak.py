"""How long health is looked at, and what is good enough."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from bot.runbook.base import Duration, Frozen, Slug, duration_text
from bot.text import say


class Soak(Frozen):
    """Good looks in a row over a stretch of time: one bad look starts the row anew.

    It fails as soon as no whole row fits into the step's `timeout` any more, and at once when a threshold breaks that
    was kept before. A metric that is broken at the first look (an outage that this very deploy mends) has to recover.
    Metrics count when PROMETHEUS_URL is set; without data a person decides.
    """

    good: int = Field(default=5, ge=1, le=100, description="Passing checks in a row.")
    over: Duration = Field(default=timedelta(minutes=3), description="From the first check of the row to the last.")
    every: Duration = Field(default=timedelta(seconds=20), description="Between two checks.")
    bad: int | None = Field(
        default=None, ge=1, le=20, description="Failed checks in a row that end it at once; absent = time alone does."
    )
    metrics: tuple[Slug, ...] = Field(default=(), description="Metrics that have a query, read at each check.")
    level: Literal["critical", "warning"] = Field(
        default="critical", description="Thresholds that count: critical alone, or warning and critical."
    )

    @property
    def least(self) -> timedelta:
        """The shortest time that a whole row takes."""
        return max(self.over, (self.good - 1) * self.every)

    @property
    def words(self) -> str:
        """`5 good looks in a row over 3m, one every 20s`."""
        words = say(
            "{good} passing checks in a row over {over}, one every {every}",
            good=self.good, over=duration_text(self.over), every=duration_text(self.every),
        )  # fmt: skip
        return words + ("; " + say("metrics: {metrics}", metrics=", ".join(self.metrics)) if self.metrics else "")
