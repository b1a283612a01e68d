"""An app's manifest, read into what the practice workspace needs of it.

Slack reads manifests of version 1 (or without `_metadata`) and 2; the parts used here have the same shape in both. What
Slack's own validator refuses beyond the JSON Schema is refused here too: an event without its scope, commands without
the scope `commands`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

EVENT_SCOPES: Mapping[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "channel_created": ("channels:read",),
    "channel_archive": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_left": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_left": ("groups:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "pin_added": ("pins:read",),
    "subteam_members_changed": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "user_change": ("users:read",),
    "team_join": ("users:read",),
}


@dataclass(frozen=True)
class Command:
    """A slash command; `should_escape` turns @names, #channels and links into Slack's `<…>` form."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    """A global or message shortcut (`type`)."""

    name: str
    callback_id: str
    description: str
    type: str


@dataclass(frozen=True)
class Manifest:
    """What the workspace knows of the installed app."""

    name: str
    bot_name: str
    scopes: tuple[str, ...]
    events: frozenset[str]
    commands: Mapping[str, Command]
    shortcuts: Mapping[str, Shortcut]
    interactivity: bool
    home_tab: bool
    messages_tab: bool


def read_manifest(manifest: Mapping[str, Any]) -> Manifest:
    """Raises ValueError with one sentence per problem."""
    features, settings = manifest.get("features") or {}, manifest.get("settings") or {}
    name = (manifest.get("display_information") or {}).get("name", "")
    app_home = features.get("app_home") or {}
    read = Manifest(
        name=name,
        bot_name=(features.get("bot_user") or {}).get("display_name", name),
        scopes=_scopes(manifest),
        events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or ()),
        commands={entry["command"]: _command(entry) for entry in features.get("slash_commands") or ()},
        shortcuts={entry["callback_id"]: _shortcut(entry) for entry in features.get("shortcuts") or ()},
        interactivity=(settings.get("interactivity") or {}).get("is_enabled", False),
        home_tab=app_home.get("home_tab_enabled", False),
        messages_tab=app_home.get("messages_tab_enabled", True),
    )
    if problems := _problems(read):
        raise ValueError("the manifest is not valid: " + "; ".join(problems))
    return read


def _scopes(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    scopes = (manifest.get("oauth_config") or {}).get("scopes") or {}
    granted: Sequence[str] = [*(scopes.get("bot") or ()), *(scopes.get("bot_optional") or ())]
    return tuple(dict.fromkeys(granted))


def _command(entry: Mapping[str, Any]) -> Command:
    return Command(
        command=entry["command"],
        description=entry.get("description", ""),
        usage_hint=entry.get("usage_hint", ""),
        should_escape=entry.get("should_escape", False),
    )


def _shortcut(entry: Mapping[str, Any]) -> Shortcut:
    return Shortcut(
        name=entry["name"],
        callback_id=entry["callback_id"],
        description=entry.get("description", ""),
        type=entry["type"],
    )


def _problems(manifest: Manifest) -> list[str]:
    return [*_identity_problems(manifest), *_command_problems(manifest), *_event_problems(manifest)]


def _identity_problems(manifest: Manifest) -> list[str]:
    problems = []
    if not 0 < len(manifest.name) <= 35:
        problems.append("display_information.name must have 1 to 35 characters")
    if len(manifest.bot_name) > 80:
        problems.append("features.bot_user.display_name is longer than 80 characters")
    return problems


def _command_problems(manifest: Manifest) -> list[str]:
    problems = [f"{name} must begin with / and have at most 32 characters" for name in manifest.commands if _bad(name)]
    if len(manifest.commands) > 50:
        problems.append("there are more than 50 slash commands")
    if len(manifest.shortcuts) > 10:
        problems.append("there are more than 10 shortcuts")
    if (manifest.commands or manifest.shortcuts) and "commands" not in manifest.scopes:
        problems.append("slash commands and shortcuts need the scope commands")
    return problems


def _bad(command: str) -> bool:
    return not command.startswith("/") or len(command) > 32 or any(c.isspace() for c in command)


def _event_problems(manifest: Manifest) -> list[str]:
    return [
        f"the event {event} needs the scope {' or '.join(needed)}"
        for event in sorted(manifest.events)
        if (needed := EVENT_SCOPES.get(event)) and not set(needed) & set(manifest.scopes)
    ]
