"""What the timeline says of runs, their steps and what is done outside for them."""

from typing import Any

from bot.effects.wording import effect_words
from bot.text import listing, say, shorten
from bot.text.legible import lines_of
from bot.timeline.wording.phrases import Words, who


def _effect(data: dict[str, Any]) -> str:
    words = effect_words(data["effect"])
    return words[:1].lower() + words[1:]


def _found(data: dict[str, Any]) -> str:
    found = lines_of(str(data.get("found") or ""))
    return f": {shorten(found[0], 200)}" if found else ""


def _why(data: dict[str, Any]) -> str:
    """Why a run ended so; older events, and runs that are done, hold none."""
    why = lines_of(str(data.get("why") or ""))
    return f" ({shorten(why[0], 200)})" if why and why[0] != data["state"] else ""


WORDS: dict[str, Words] = {
    "card.held": lambda d: say("cannot update a card for now: {why}", why=d["why"]),
    "effect.held": lambda d: say("cannot do this for now: {effect} ({why})", effect=_effect(d), why=d["why"]),
    "step.ticked": lambda d: say("ticked {step}", step=d.get("text") or d["step"]) + _found(d),
    "step.unticked": lambda d: say("unticked {step}", step=d["text"]),
    "step.skipped": lambda d: say("skipped {step}: {why}", step=d["text"], why=d.get("reason")),
    "step.claimed": lambda d: say("marked {step} as done; NeonOps checks", step=d["text"]),
    "step.asked": lambda d: say("asked NeonOps to run {step}", step=d["text"]),
    "step.dropped": lambda d: say(
        "did not start {step}: {who} requested it and {why}", step=d["text"], who=who(d["user"]), why=d["why"]
    ),
    "step.started": lambda d: say("started {step}", step=d["text"]),
    "step.done": lambda d: say("completed {step}", step=d["text"]) + _found(d),
    "step.failed": lambda d: say("failed {step}", step=d.get("text") or d["step"]) + _found(d),
    "step.left": lambda d: say("{step} needs a manual decision", step=d["text"]) + _found(d),
    "step.unknown": lambda d: say("was interrupted in {step}", step=d["text"]) + _found(d),
    "gate.opened": lambda d: say("needs a decision on {step}", step=d["step"]),
    "procedure.started": lambda d: say("started run {run} for {step}", run=d["run"], step=d["text"]),
    "run.requested": lambda d: say("requested: {title}", title=d["title"]),
    "run.held": lambda d: say("{title} is blocked by: {gates}", title=d["title"], gates=listing(d["gates"])),
    "run.started": lambda d: say("started: {title}", title=d["title"]),
    "run.cancelled": lambda d: say("cancelled: {title}", title=d["title"]),
    "run.ended": lambda d: say("{title}: {state}", title=d["title"], state=d["state"]) + _why(d),
    "timer.response": lambda d: say("reminded: no response in time"),
    "timer.phase": lambda d: say(
        "reminded: time is up for {phase}, open: {items}", phase=d["phase"], items=listing(d["open"])
    ),
    "timer.budget": lambda d: say("reminded: {phase} is over its budget, at {step}", phase=d["phase"], step=d["step"]),
    "effect.failed": lambda d: say("failed: {effect} ({why})", effect=_effect(d), why=d["why"]),
}
