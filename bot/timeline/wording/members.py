"""What the timeline says of people, and of what they may."""

from typing import Any

from bot.text import listing, say
from bot.timeline.wording.phrases import Words, who


def _counts(deeds: dict[str, int]) -> str:
    most_first = sorted(deeds.items(), key=lambda each: -each[1])
    return listing([f"{operation}: {count}" for operation, count in most_first])


def _member_words(data: dict[str, Any]) -> str:
    parts = [
        say("now has the role {roles}", roles=listing(data["gained"])) if data["gained"] else "",
        say("no longer has the role {roles}", roles=listing(data["lost"])) if data["lost"] else "",
        data["why"],
    ]
    return ", ".join(part for part in parts if part)


WORDS: dict[str, Words] = {
    "click.refused": lambda d: say("was refused ({operation}): {why}", operation=d["operation"], why=d["why"]),
    "command.refused": lambda d: say("was refused ({operation}): {why}", operation=d["operation"], why=d["why"]),
    "form.refused": lambda d: say("was refused ({operation}): {why}", operation=d["operation"], why=d["why"]),
    "shortcut.refused": lambda d: say("was refused ({operation}): {why}", operation=d["operation"], why=d["why"]),
    "refusals.counted": lambda d: say(
        "was refused {count} times in the hour from {hour} ({deeds})",
        count=d["count"],
        hour=d["hour"][:16],
        deeds=_counts(d.get("deeds", {})),
    ),
    "member.changed": lambda d: say("found that {who} {what}", who=who(d["user"]), what=_member_words(d)),
    "oncall.covered": lambda d: say(
        "put {person} on call for {target} until {until}", person=d["person"], target=d["target"], until=d["until"][:16]
    ),
    "contacts.asked": lambda d: say("checked the contacts of {people}", people=listing(d["people"], most=20)),
    "contacts.answered": lambda d: say("answered the contact check of {day}", day=d["asked_at"][:10]),
    "contacts.checked": lambda d: d["words"],
    "power.changed": lambda d: say("found that the configuration changed: {changes}", changes="; ".join(d["changes"])),
}
