"""What the timeline says of messages that were saved in it."""

from datetime import UTC, datetime
from typing import Any

from bot.text import listing, say, side_by_side
from bot.timeline.wording.phrases import Words, who


def _posted(ts: str) -> str:
    """When a message of Slack's was written, by its ts."""
    return f"{datetime.fromtimestamp(float(ts), UTC):%Y-%m-%d %H:%M:%S}Z"


def _saved(data: dict[str, Any]) -> str:
    words = say("saved a message of {who}: {text}", who=who(data["author"]), text=data["text"])
    named = [f"{name} (SHA-256 {sha256})" if sha256 else name for name, sha256 in data["files"].items()]
    return side_by_side(words, say("Files: {files}.", files=listing(named, most=20)) if named else "")


WORDS: dict[str, Words] = {
    "message.saved": _saved,
    "message.edited": lambda d: say("edited the saved message of {ts}: {text}", ts=_posted(d["ts"]), text=d["text"]),
    "message.deleted": lambda d: say(
        "noted that the saved message of {who} of {ts} was deleted", who=who(d["author"]), ts=_posted(d["ts"])
    ),
}
