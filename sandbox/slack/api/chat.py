"""chat.*: posting, editing and deleting messages.

Not imitated: scheduled messages, streams, unfurling, `link_names` and `parse`, user tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import wire
from ..blocks.validate import check_message_blocks
from ..blocks.walk import with_ids
from ..channels import Channel, Message
from ..core import Core
from ..errors import SlackError
from .args import Args
from .messaging import checked_metadata, own_message, thread_of
from .methods import Answer, Method, live_channel, seen_channel

TRUNCATED_ABOVE = 40_000
UPDATE_TEXT = 4_000
ATTACHMENTS = 100
MARKDOWN = 12_000


def post_message(core: Core, args: Args) -> Answer:
    channel = _postable(core, _target(core, args))
    message = _message(core, args, channel)
    _check_rate(core, channel)
    message.broadcast = args.flag("reply_broadcast") and message.is_reply
    core.workspace.post(channel, message)
    sent = wire.message_object(message, channel, core.app, all_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": sent}


def post_ephemeral(core: Core, args: Args) -> Answer:
    user = args.needed("user")
    channel = live_channel(core, args.needed("channel"))
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    message = _message(core, args, channel)
    message.ephemeral_to = user
    core.workspace.whisper(channel, message)
    return {"message_ts": message.ts}


def update(core: Core, args: Args) -> Answer:
    channel = seen_channel(core, args.needed("channel"))
    if channel.is_archived:
        raise SlackError("is_inactive")
    message = own_message(core, channel, args.needed("ts"), foreign="cant_update_message")
    text, blocks, attachments = _content(core, args)
    if len(text) > UPDATE_TEXT:
        raise SlackError("msg_too_long")
    metadata = checked_metadata(args)

    def change(changed: Message) -> None:
        changed.text, changed.blocks, changed.attachments = text, blocks, attachments
        changed.metadata = metadata or changed.metadata
        if not blocks:
            changed.edited = {"user": core.bot, "ts": core.ids.ts()}

    core.workspace.edit(channel, message, change)
    sent = wire.message_object(message, channel, core.app, all_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": sent}


def delete(core: Core, args: Args) -> Answer:
    channel = seen_channel(core, args.needed("channel"))
    message = own_message(core, channel, args.needed("ts"), foreign="cant_delete_message")
    core.workspace.delete(channel, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(core: Core, args: Args) -> Answer:
    channel = seen_channel(core, args.needed("channel"))
    ts = args.needed("message_ts")
    if ts not in channel.messages:
        raise SlackError("message_not_found")
    permalink = f"{core.base_url}archives/{channel.id}/p{ts.replace('.', '')}"
    message = channel.messages[ts]
    if message.is_reply:
        permalink += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": permalink}


def _target(core: Core, args: Args) -> Channel:
    """The channel, also by `#name`, or the direct message with a person. Raises channel_not_found."""
    wanted = args.needed("channel")
    if wanted in core.workspace.people:
        if wanted == core.bot:
            raise SlackError("channel_not_found")
        return core.workspace.direct((core.bot, wanted))[0]
    named = core.workspace.channel_named(wanted.removeprefix("#"))
    return seen_channel(core, named.id if named else wanted)


def _postable(core: Core, channel: Channel) -> Channel:
    """Raises is_archived, not_in_channel, messages_tab_disabled."""
    if channel.is_archived:
        raise SlackError("is_archived")
    if core.bot not in channel.members and "chat:write.public" not in core.manifest.scopes:
        raise SlackError("not_in_channel")
    if channel.is_im and not core.manifest.messages_tab:
        raise SlackError("messages_tab_disabled")
    return channel


def _check_rate(core: Core, channel: Channel) -> None:
    if wait := core.budgets.post(channel.id):
        raise SlackError("ratelimited", retry_after=wait)


def _message(core: Core, args: Args, channel: Channel) -> Message:
    text, blocks, attachments = _content(core, args)
    app = core.app
    custom = "chat:write.customize" in core.manifest.scopes
    return Message(
        ts=core.ids.ts(),
        channel=channel.id,
        text=text[:TRUNCATED_ABOVE],
        user=app.bot_user_id,
        bot_id=app.bot_id,
        username=args.text("username") if custom and args.has("username") else app.bot_name,
        blocks=blocks,
        attachments=attachments,
        thread_ts=thread_of(channel, args),
        metadata=checked_metadata(args),
    )


Content = tuple[str, Sequence[Mapping[str, Any]] | None, Sequence[Mapping[str, Any]] | None]


def _content(core: Core, args: Args) -> Content:
    """Text, blocks and attachments. Raises no_text, invalid_blocks, markdown_text_conflict …"""
    text = _text(args)
    blocks = args.parsed("blocks", "invalid_blocks_format")
    attachments = args.parsed("attachments", "invalid_attachments")
    _check_attachments(attachments)
    if blocks:
        check_message_blocks(blocks)
        blocks = with_ids(blocks, core.ids.short)
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    return text, blocks or None, attachments or None


def _text(args: Args) -> str:
    if not args.has("markdown_text"):
        return args.text("text")
    if args.has("text") or args.has("blocks"):
        raise SlackError("markdown_text_conflict")
    if len(args.text("markdown_text")) > MARKDOWN:
        raise SlackError("msg_too_long")
    return args.text("markdown_text")


def _check_attachments(attachments: Any) -> None:
    if attachments is not None and not isinstance(attachments, list):
        raise SlackError("invalid_attachments")
    if attachments and len(attachments) > ATTACHMENTS:
        raise SlackError("too_many_attachments")
    for attachment in attachments or ():
        if not isinstance(attachment, Mapping):
            raise SlackError("invalid_attachments")
        if attachment.get("blocks"):
            check_message_blocks(attachment["blocks"])


METHODS = {
    "chat.postMessage": Method(post_message, 5, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, 4, ("chat:write",)),
    "chat.update": Method(update, 3, ("chat:write",)),
    "chat.delete": Method(delete, 3, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink, 5),
}
