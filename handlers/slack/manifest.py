"""The app's manifest, made from the table of areas and the methods that the code calls: the least scopes that do."""

from typing import Any

import yaml

from handlers.slack.client.api import METHODS
from handlers.slack.table import COMMANDS, SHORTCUTS

SCOPES: dict[str, tuple[str, ...]] = {
    "auth.test": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write", "chat:write.public"),
    "chat.update": ("chat:write",),
    "conversations.create": ("channels:manage", "groups:write"),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.invite": ("channels:manage", "groups:write"),
    "conversations.list": ("channels:read", "groups:read"),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "conversations.setTopic": ("channels:manage", "groups:write"),
    "files.upload": ("files:write",),
    "pins.add": ("pins:write",),
    "users.info": ("users:read",),
    "users.lookupByEmail": ("users:read", "users:read.email"),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}
"""The bot scopes of each method (https://docs.slack.dev/reference/methods)."""
DOWNLOADS = ("files:read",)
"""What fetching a file takes: there is no method for it."""
EVENTS = {
    "app_home_opened": (),
    "channel_unarchive": ("channels:read",),
    "group_unarchive": ("groups:read",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "reaction_added": ("reactions:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
    "member_left_channel": ("channels:read", "groups:read"),
}
"""Events that are subscribed to, with their scopes."""


def scopes() -> list[str]:
    """The least scopes: what the methods and events need, and slash commands."""
    needed = {scope for method in METHODS for scope in SCOPES[method]}
    needed |= {scope for each in EVENTS.values() for scope in each}
    return sorted(needed | {"commands", *DOWNLOADS})


def manifest() -> dict[str, Any]:
    """The manifest (Slack's schema, version 2), for Socket Mode."""
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "NeonOps",
            "description": "Runs your deployment and incident runbook",
            "background_color": "#1d1c2e",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "NeonOps", "always_online": True},
            "shortcuts": [
                {
                    "name": shortcut.name,
                    "type": shortcut.kind,
                    "callback_id": shortcut.id,
                    "description": shortcut.description,
                }
                for shortcut in SHORTCUTS.values()
            ],
            "slash_commands": [
                {
                    "command": command.name,
                    "description": command.description,
                    "usage_hint": command.usage,
                    "should_escape": True,
                }
                for command in COMMANDS.values()
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": {"bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }


def manifest_text() -> str:
    """The manifest as YAML, as it stands in manifest.yml."""
    return yaml.safe_dump(manifest(), sort_keys=False, allow_unicode=True, width=120)
