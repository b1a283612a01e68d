"""The part of a runbook that says what customers see: on the status page, and on the pages of other providers."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from bot.runbook.base import Duration, Frozen, Line, Slug, Titled, Worded

Impact = Literal["none", "minor", "major", "critical"]
"""How bad an incident is, in the words of Statuspage."""
ComponentStatus = Literal["operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage"]
"""How a service is, in the words of Statuspage; each is worse than the one before."""


class PublicSeverity(Titled):
    """How incidents of a severity are shown to customers: `title` is the name of the incident there."""

    severity: Slug
    impact: Impact = "minor"
    components: ComponentStatus = Field(default="degraded_performance", description="What its services are meanwhile.")
    services: tuple[Slug, ...] | None = Field(default=None, description="The services it is about; absent = all.")
    at_once: Worded | None = Field(
        default=None,
        description="It is shown as soon as it is declared, with this text; absent = with its first customer update.",
    )


class Push(Frozen):
    """A page of yours at another provider; its key is a setting."""

    provider: Literal["statuspage", "instatus"]
    components: dict[Slug, Line] = Field(default={}, description="The provider's id of each service.")
    notify_subscribers: bool = Field(
        default=False, description="Whether the provider sends its own messages to its subscribers."
    )


class StatusPage(Titled):
    """The status page: what it is called, and what is shown there. What is not named here is not shown."""

    incidents: tuple[PublicSeverity, ...] = ()
    maintenance: bool = Field(default=True, description="Whether the maintenance window and maintenance are shown.")
    freezes: bool = Field(default=False, description="Whether the recurring freezes of deploys are shown.")
    ahead: Duration = Field(default=timedelta(days=14), description="How far ahead what is planned is shown.")
    measured_every: Duration | None = Field(
        default=None,
        description="How often each health check is made: a day with 95% of its answers has an availability in "
        "percent, any other is `not measured`.",
    )
    push: tuple[Push, ...] = Field(default=(), description="Pages at other providers that are told the same.")
