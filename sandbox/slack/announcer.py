"""Which of the workspace's events reach the app: those the manifest subscribes to, in places the bot can see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .app import AppIdentity
from .channels import Channel
from .deliveries import Deliveries
from .events import Event, subscription_of
from .ids import Ids
from .manifest import Manifest
from .people import HOME_TEAM

_PUBLIC_EVERYWHERE = frozenset({"channel_created", "channel_archive", "channel_unarchive", "channel_rename"})


class Announcer:
    """Wraps events in their envelope and hands them to the deliveries."""

    def __init__(
        self,
        manifest: Manifest,
        app: AppIdentity,
        *,
        deliveries: Deliveries,
        ids: Ids,
        now: Callable[[], float],
    ) -> None:
        self._manifest = manifest
        self._app = app
        self._deliveries = deliveries
        self._ids = ids
        self._now = now

    def tell(self, event: Event, channel: Channel | None) -> None:
        """Deliver the event if the app hears it."""
        name = subscription_of(event)
        if name in self._manifest.events and self._hears(event, channel):
            self._deliveries.event(self._envelope(event), name)

    def _hears(self, event: Event, channel: Channel | None) -> bool:
        if channel is None:
            return True
        if event["type"] in _PUBLIC_EVERYWHERE and channel.is_public:
            return True
        return self._app.bot_user_id in channel.members

    def _envelope(self, event: Event) -> Mapping[str, Any]:
        authorization = {
            "enterprise_id": None,
            "team_id": HOME_TEAM,
            "user_id": self._app.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": self._app.verification_token,
            "team_id": HOME_TEAM,
            "context_team_id": HOME_TEAM,
            "context_enterprise_id": None,
            "api_app_id": self._app.id,
            "event": event,
            "type": "event_callback",
            "event_id": self._ids.new("Ev"),
            "event_time": int(self._now()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": f"4-{self._ids.secret(16)}",
        }
