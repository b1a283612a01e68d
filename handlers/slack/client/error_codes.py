"""What Slack's errors mean, in one table. Only what can never succeed is final; a code that stands nowhere is not.

Sources: the error tables of https://docs.slack.dev/reference/methods, and the errors that any method can return.
"""

from enum import StrEnum

from bot.text import say


class Meaning(StrEnum):
    """What a refusal says about trying again."""

    LIMITED = "limited"
    """Too much at once: it was not done, and passes in seconds."""
    LOST = "lost"
    """It may have happened: look, then try again."""
    AWAY = "away"
    """The bot's token, its scopes or the whole workspace: it passes by itself, or an administrator mends it."""
    CLOSED = "closed"
    """The place is closed to the bot until somebody opens it again."""
    GONE = "gone"
    """The message is not there, or cannot be edited any more: a new one takes its place."""
    PERSON = "person"
    """This person cannot be reached this way."""
    FINAL = "final"
    """It cannot succeed as it is: a defect of ours."""
    UNKNOWN = "unknown"
    """None of these: tried again for a while."""


TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"}
)
"""Slack refuses the token."""
_CODES = {
    Meaning.LIMITED: {"ratelimited", "rate_limited", "message_limit_exceeded", "hash_conflict"},
    Meaning.LOST: {"internal_error", "fatal_error", "service_unavailable", "request_timeout"},
    Meaning.AWAY: TOKEN | {
        "missing_scope", "no_permission", "access_denied", "accesslimited", "access_limited", "ekm_access_denied",
        "team_access_not_granted", "team_added_to_org", "enterprise_is_restricted", "org_login_required",
        "two_factor_setup_required", "team_not_found",
    },
    Meaning.CLOSED: {
        "is_archived", "is_inactive", "not_in_channel", "channel_not_found", "restricted_action",
        "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
        "restricted_action_thread_locked", "restricted_action_non_threadable_channel", "messages_tab_disabled",
        "cannot_create_channel", "too_many_pins", "storage_limit_reached", "file_uploads_disabled",
    },
    Meaning.GONE: {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"},
    Meaning.PERSON: {
        "user_not_found", "users_not_found", "user_disabled", "user_not_visible", "user_not_in_channel",
        "user_is_bot", "user_is_restricted", "user_is_ultra_restricted", "ura_max_channels", "cant_invite",
        "cant_invite_self", "cannot_dm_bot", "no_external_invite_permission", "org_user_not_in_team",
        "user_team_not_in_channel", "failed_for_some_users", "no_user",
    },
    Meaning.FINAL: {
        "no_text", "msg_blocks_too_long", "attachment_payload_limit_exceeded", "too_many_attachments",
        "too_many_contact_cards", "markdown_text_conflict", "missing_post_type", "json_not_object", "unknown_method",
        "method_deprecated", "deprecated_endpoint", "method_not_supported_for_channel_type", "block_mismatch",
        "only_one_table_allowed", "duplicate_external_id", "not_pinnable", "metadata_must_be_sent_from_app",
        "cannot_reply_to_message", "as_user_not_supported", "push_limit_reached", "expired_trigger_id",
        "exchanged_trigger_id", "trigger_expired", "trigger_exchanged",
    },
}  # fmt: skip
_TABLE = {code: meaning for meaning, codes in _CODES.items() for code in codes}
_WRONG = ("_too_long", "_too_large")


def meaning_of(code: str) -> Meaning:
    """What this error code means."""
    if code in _TABLE:
        return _TABLE[code]
    if code.startswith("invalid_") or code.endswith(_WRONG):
        return Meaning.FINAL
    return Meaning.UNKNOWN


def refusal_words(code: str) -> str:
    """What a refusal means, for those who can mend it; empty when the code says no more to them than to us."""
    if code in TOKEN:
        return say("Slack rejects NeonOps's token")
    if code.startswith("restricted_action") or code == "cannot_create_channel":
        return say("Slack's settings do not allow this")
    if meaning_of(code) is Meaning.FINAL:
        return say("NeonOps sent something Slack cannot show: an internal error in NeonOps")
    words = {
        "is_archived": say("the channel is archived"),
        "is_inactive": say("the channel is archived"),
        "not_in_channel": say("NeonOps is not in the channel: invite it there"),
        "channel_not_found": say("the channel no longer exists, or NeonOps is not in it"),
        "messages_tab_disabled": say("the app's messages tab is switched off"),
        "too_many_pins": say("the channel has too many pins"),
        "missing_scope": say("the app lacks a scope"),
    }
    return words.get(code, "")


def person_words(code: str) -> str:
    """Why somebody cannot be reached, after their name."""
    words = {
        "user_not_found": say("is not in this workspace"),
        "user_not_visible": say("is not in this workspace"),
        "users_not_found": say("is not in this workspace"),
        "org_user_not_in_team": say("is not in this workspace"),
        "user_team_not_in_channel": say("is not in this workspace"),
        "no_external_invite_permission": say("belongs to another workspace"),
        "user_disabled": say("is deactivated in Slack"),
        "cant_invite": say("Slack does not allow NeonOps to invite them"),
        "user_is_restricted": say("is a guest whom NeonOps may not invite"),
        "user_is_ultra_restricted": say("is a guest of one channel only"),
        "ura_max_channels": say("is a guest of one channel only"),
        "user_is_bot": say("is a bot"),
        "cannot_dm_bot": say("is a bot"),
    }
    return words.get(code) or refusal_words(code) or say("Slack refused: {code}", code=code)
