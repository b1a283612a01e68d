"""Requests to move production, as Vercel shows them: which of them came after ours."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.integrations.vercel.rules import IsNew

OLD_SKEW = timedelta(seconds=5)
"""How far Vercel's clock may be behind ours, for requests of which only the time was kept."""


def is_new(asked: Mapping[str, Any]) -> IsNew:
    """Which requests that Vercel shows came after what it showed when this one was asked for."""
    if "newest_request" in asked:
        return lambda request: request.identity != asked["newest_request"]
    if "asked_at" in asked:
        since = datetime.fromisoformat(asked["asked_at"]) - OLD_SKEW
        return lambda request: request.requested_at >= since
    return lambda request: False
