"""What is said to PagerDuty and read from it."""

from datetime import datetime
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import AliasPath, Field

from bot.integrations.http.api import Line, Shape

Action = Literal["trigger", "acknowledge", "resolve"]


class PagerDutyUser(Shape):
    """A user; the e-mail address is there when users were asked for in full."""

    id: str
    name: Line = Field("", validation_alias="summary")
    email: str | None = None


class OnCall(Shape):
    """Who is called at one level of an escalation policy; without `end` they always are."""

    level: int = Field(validation_alias="escalation_level")
    user: PagerDutyUser
    policy: Line = Field("", validation_alias=AliasPath("escalation_policy", "summary"))
    start: datetime | None = None
    end: datetime | None = None


def routing_key_of(address: str) -> str | None:
    """The key in `pagerduty://<key>@…`; None when the address names none: the installation's own is meant."""
    user, at, _ = urlsplit(address).netloc.rpartition("@")
    return unquote(user.partition(":")[0]) if at and user else None
