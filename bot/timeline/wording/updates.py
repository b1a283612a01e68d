"""What the timeline says of status updates."""

from typing import Any

from bot.text import say, shorten
from bot.timeline.wording.phrases import Words


def _update(data: dict[str, Any]) -> str:
    text = shorten(next(iter(data["texts"].values())), 300)
    if data["audience"] == "customers":
        return say("told customers ({status}): {text}", status=data["status"], text=text)
    return say("sent a status update ({status}): {text}", status=data["status"], text=text)


WORDS: dict[str, Words] = {
    "update.sent": _update,
    "timer.update": lambda d: say("reminded: a status update is due"),
}
