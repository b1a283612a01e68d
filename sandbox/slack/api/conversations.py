"""conversations.*: making, joining, naming and archiving channels.

Not imitated: unarchiving (bots cannot), shared channels, canvases, channel posting restrictions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import wire
from ..channels import name_error
from ..core import Core
from ..errors import SlackError
from .args import Args
from .methods import Alternatives, Answer, Method, by_channel, joined_channel, live_channel, seen_channel

INVITED_AT_ONCE = 100
TOPIC_LENGTH = 250


def create(core: Core, args: Args) -> Answer:
    name = _new_name(core, args)
    channel = core.workspace.create(name, creator=core.bot, is_private=args.flag("is_private"))
    return {"channel": wire.channel_object(channel, core.bot)}


def invite(core: Core, args: Args) -> Answer:
    """With one bad id nobody is invited, unless `force` is set; the errors name each person."""
    channel = live_channel(core, args.needed("channel"))
    users = list(dict.fromkeys(args.names("users")))
    if not users:
        raise SlackError("no_user")
    if len(users) > INVITED_AT_ONCE:
        raise SlackError("too_many_users")
    refused = {user: error for user in users if (error := _invite_error(core, channel.id, user))}
    welcome = [user for user in users if user not in refused]
    errors: list[dict[str, Any]] = [{"user": user, "ok": False, "error": error} for user, error in refused.items()]
    if refused and not (args.flag("force") and welcome):
        raise SlackError(errors[0]["error"], errors=errors)
    for user in welcome:
        core.workspace.add_member(channel, user, inviter=core.bot)
    answer: dict[str, Any] = {"channel": wire.channel_object(channel, core.bot)}
    return {**answer, "errors": errors} if errors else answer


def _invite_error(core: Core, channel_id: str, user: str) -> str | None:
    channel, person = core.workspace.channels[channel_id], core.workspace.people.get(user)
    if user == core.bot:
        return "cant_invite_self"
    if person is None:
        return "user_not_found"
    if user in channel.members:
        return "already_in_channel"
    if user in core.faults.not_invited:
        return core.faults.not_invited[user]
    if person.deleted:
        return "cant_invite"
    if person.is_outsider:
        return "no_external_invite_permission"
    if person.is_ultra_restricted and any(user in c.members and not c.is_im for c in core.workspace.channels.values()):
        return "ura_max_channels"
    return None


def join(core: Core, args: Args) -> Answer:
    channel = core.channel(args.needed("channel"))
    if channel is None or not channel.sees(core.bot):
        raise SlackError("channel_not_found")
    if not channel.is_public:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if core.bot in channel.members:
        return {"channel": wire.channel_object(channel, core.bot), "warning": "already_in_channel"}
    core.workspace.add_member(channel, core.bot)
    return {"channel": wire.channel_object(channel, core.bot)}


def leave(core: Core, args: Args) -> Answer:
    channel = seen_channel(core, args.needed("channel"))
    if channel.is_general:
        raise SlackError("cant_leave_general")
    if core.bot not in channel.members:
        return {"not_in_channel": True}
    core.workspace.remove_member(channel, core.bot)
    return {}


def kick(core: Core, args: Args) -> Answer:
    channel, user = live_channel(core, args.needed("channel")), args.needed("user")
    if user == core.bot:
        raise SlackError("cant_kick_self")
    if channel.is_general:
        raise SlackError("cant_kick_from_general")
    if user not in core.workspace.people:
        raise SlackError("user_not_found")
    if user not in channel.members:
        raise SlackError("not_in_channel")
    core.workspace.remove_member(channel, user)
    return {"errors": {}}


def rename(core: Core, args: Args) -> Answer:
    channel = live_channel(core, args.needed("channel"))
    if channel.creator != core.bot:
        raise SlackError("not_authorized")
    core.workspace.rename(channel, _new_name(core, args), user=core.bot)
    return {"channel": wire.channel_object(channel, core.bot)}


def archive(core: Core, args: Args) -> Answer:
    channel = joined_channel(core, args.needed("channel"))
    if channel.is_im or channel.is_mpim:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_general:
        raise SlackError("cant_archive_general")
    if channel.is_archived:
        raise SlackError("already_archived")
    core.workspace.archive(channel, user=core.bot)
    return {}


def unarchive(core: Core, args: Args) -> Answer:
    """Bot tokens cannot."""
    raise SlackError("not_allowed_token_type")


def set_topic(core: Core, args: Args) -> Answer:
    return _describe(core, args, "topic")


def set_purpose(core: Core, args: Args) -> Answer:
    return _describe(core, args, "purpose")


def _describe(core: Core, args: Args, field: str) -> Answer:
    channel, value = live_channel(core, args.needed("channel")), args.text(field)
    if len(value) > TOPIC_LENGTH:
        raise SlackError("too_long")
    core.workspace.describe(channel, field, value, user=core.bot)
    return {field: value, "channel": wire.channel_object(channel, core.bot)}


def open_direct(core: Core, args: Args) -> Answer:
    if args.has("channel"):
        channel = seen_channel(core, args.text("channel"))
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    users = list(dict.fromkeys(args.names("users")))
    if not users:
        raise SlackError("users_list_not_supplied")
    for user in users:
        person = core.workspace.people.get(user)
        if person is None:
            raise SlackError("user_not_found")
        if person.deleted:
            raise SlackError("user_disabled")
    if len(users) > 8:
        raise SlackError("too_many_users")
    channel, was_there = core.workspace.direct((core.bot, *(u for u in users if u != core.bot)))
    opened: dict[str, Any] = wire.channel_object(channel, core.bot) if args.flag("return_im") else {"id": channel.id}
    already: Mapping[str, Any] = {"no_op": True, "already_open": True} if was_there else {}
    return {"channel": opened, **already}


def _new_name(core: Core, args: Args) -> str:
    name = args.text("name").removeprefix("#")
    if error := name_error(name):
        raise SlackError(error)
    if core.workspace.channel_named(name):
        raise SlackError("name_taken")
    return name


def _create_scopes(core: Core, args: Args) -> Alternatives:
    return ("groups:write",) if args.flag("is_private") else ("channels:manage",)


def _open_scopes(core: Core, args: Args) -> Alternatives:
    return ("mpim:write",) if len(args.names("users")) > 1 else ("im:write",)


_MANAGE = by_channel(public=("channels:manage",), private=("groups:write",), im=("im:write",), mpim=("mpim:write",))
_TOPIC = by_channel(
    public=("channels:manage", "channels:write.topic"),
    private=("groups:write", "groups:write.topic"),
    im=("im:write", "im:write.topic"),
    mpim=("mpim:write", "mpim:write.topic"),
)
_INVITE = by_channel(
    public=("channels:manage", "channels:write.invites"), private=("groups:write", "groups:write.invites")
)

METHODS = {
    "conversations.create": Method(create, 2, _create_scopes),
    "conversations.invite": Method(invite, 3, _INVITE),
    "conversations.join": Method(join, 3, ("channels:join",)),
    "conversations.leave": Method(leave, 3, _MANAGE),
    "conversations.kick": Method(kick, 3, _MANAGE),
    "conversations.rename": Method(rename, 2, _MANAGE),
    "conversations.archive": Method(archive, 2, _MANAGE),
    "conversations.unarchive": Method(unarchive, 2, _MANAGE),
    "conversations.setTopic": Method(set_topic, 2, _TOPIC),
    "conversations.setPurpose": Method(set_purpose, 2, _TOPIC),
    "conversations.open": Method(open_direct, 3, _open_scopes),
}
