"""What the Web API, the people and the page share: the parts of one practice Slack, joined."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .announcer import Announcer
from .app import AppIdentity
from .call_log import Call, Traffic
from .channels import Channel
from .deliveries import Deliveries
from .faults import Faults
from .ids import Ids
from .limits import Budgets, Limits
from .manifest import Manifest, read_manifest
from .notifier import Notifier
from .posts import Posts
from .responses import Responses
from .sockets import Sockets
from .triggers import Triggers
from .views import Views
from .workspace import Workspace


@dataclass
class Core:
    """One workspace with everything around it. `base_url` ends with a slash: it begins the addresses handed out."""

    manifest: Manifest
    app: AppIdentity
    limits: Limits
    now: Callable[[], float]
    ids: Ids
    notifier: Notifier
    faults: Faults
    traffic: Traffic
    budgets: Budgets
    triggers: Triggers
    workspace: Workspace
    views: Views
    responses: Responses
    sockets: Sockets
    deliveries: Deliveries
    calls: list[Call] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    message_states: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = field(default_factory=dict)
    base_url: str = "http://127.0.0.1/"

    @property
    def bot(self) -> str:
        """The bot's user id."""
        return self.app.bot_user_id

    def response_url(self, token: str) -> str:
        return f"{self.base_url}response/{token}"

    def channel(self, channel_id: str) -> Channel | None:
        return self.workspace.channels.get(channel_id)


def build_core(manifest: Mapping[str, Any], *, limits: Limits, now: Callable[[], float]) -> Core:
    """Raises ValueError for a manifest that Slack would not take."""
    read = read_manifest(manifest)
    app = AppIdentity.install(read.name, read.bot_name)
    ids, notifier, faults = Ids(now), Notifier(), Faults()
    traffic = Traffic(now, notifier)
    workspace = Workspace(app=app, ids=ids, notifier=notifier, now=now)
    sockets = Sockets(app, faults=faults, limits=limits, traffic=traffic, notifier=notifier)
    posts = Posts(app.signing_secret, seconds=limits.ack_seconds)
    deliveries = Deliveries(sockets, posts, faults=faults, limits=limits, traffic=traffic)
    workspace.on_event = Announcer(read, app, deliveries=deliveries, ids=ids, now=now).tell
    return Core(
        manifest=read,
        app=app,
        limits=limits,
        now=now,
        ids=ids,
        notifier=notifier,
        faults=faults,
        traffic=traffic,
        budgets=Budgets(limits, now),
        triggers=Triggers(now, seconds=limits.trigger_seconds),
        workspace=workspace,
        views=Views(app, ids, notifier),
        responses=Responses(workspace, limits, now),
        sockets=sockets,
        deliveries=deliveries,
    )
