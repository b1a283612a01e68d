"""What is said while a deploy is watched: it got worse, there is no data, it is good again."""

from collections.abc import Sequence
from typing import Any

from bot.runs.model import Run
from bot.text import listing, say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Message, actions, button, escape, section, user
from handlers.slack.blocks.references import RunRef

_SIGNS = {"critical": "🔴", "warning": "🟡", "unknown": "❔", "healthy": "🟢"}


def watch_message(run: Run, seen: dict[str, Any], users: Sequence[str], missed: Sequence[str] = ()) -> Message:
    """One change; when it got worse it carries the ways out. `missed`: who cannot be mentioned, and why."""
    named = f"{' '.join(user(each) for each in users)} " if users else "<!channel> " if seen["worse"] else ""
    sentence = f"{_SIGNS[seen['state']]} {named}{escape(seen['words'])}. {_after(run, seen['state'])}"
    if not seen["worse"]:
        return Message(sentence)
    if missed:
        sentence += " " + say("Not reached: {people}.", people=escape(listing(missed, most=8)))
    buttons = [
        button(say("Roll back…"), ids.ROLLBACK_REQUEST, RunRef(run.id), style="danger", about=run.title),
        button(say("Declare an incident…"), ids.INCIDENT_DECLARE, RunRef(run.id), about=run.title),
    ]
    return Message(sentence, [section(sentence), actions(*buttons)])


def _after(run: Run, state: str) -> str:
    title = escape(run.title)
    match state:
        case "healthy":
            return say("It is healthy again after *{title}* (run {id}).", title=title, id=run.id)
        case "unknown":
            return say("Whether it is healthy after *{title}* (run {id}) is unknown.", title=title, id=run.id)
        case _:
            return say("Seen after *{title}* (run {id}).", title=title, id=run.id)
