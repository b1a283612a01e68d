"""What the timeline says of incidents, and of those who are called to them."""

from datetime import UTC, datetime
from typing import Any

from bot.text import listing, say, side_by_side
from bot.timeline.wording.phrases import Words, who


def _left_open(data: dict[str, Any]) -> str:
    return say("left open: {items}", items=listing(data["left"])) if data.get("left") else ""


def _whom(person: str) -> str:
    return f"<@{person}>" if person[:1] in ("U", "W") and person.isupper() else person


def _invited(users: list[str], failed: dict[str, str]) -> str:
    """Older events also hold who could not be invited, and may hold nobody who was."""
    said = [say("invited {users}", users=listing([_whom(user) for user in users], most=20))] if users else []
    missed = [f"{_whom(user)} ({why})" for user, why in failed.items()]
    said += [say("could not invite {users}", users=listing(missed, most=20))] if missed else []
    return "; ".join(said) or say("had nobody to invite")


def _acknowledged(data: dict[str, Any]) -> str:
    words = say("is on it, {time} after it was declared", time=data["took"])
    return say("{words}, and leads", words=words) if data["leads"] else words


def _level(data: dict[str, Any]) -> str:
    return say("level {level} ({title})", level=data["level"], title=data["title"])


def _level_called(data: dict[str, Any]) -> str:
    values = {"level": _level(data), "people": listing(data["people"], most=20)}
    words = (
        say("would call {level}: {people}", **values) if data["drill"] else say("called {level}: {people}", **values)
    )
    return side_by_side(words, f"({data['why']})" if data["why"] else "")


def _alerted(data: dict[str, Any]) -> str:
    said = {"person": data["person"], "way": data["way"], "how": data["how"]}
    if data["state"] == "reached":
        return say("reached {person} ({way}: {how})", **said)
    if data["state"] == "unsure":
        return say("may have reached {person} ({way}: {how})", **said)
    return say("did not reach {person} ({way}: {how})", **said)


def _minute(instant: str) -> str:
    """An instant of the data to the minute, in UTC."""
    return f"{datetime.fromisoformat(instant).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _merged(data: dict[str, Any]) -> str:
    first = say("merged incident {id} into this one: {title}", id=data["merged"], title=data["title"])
    done = say("done there: {items}", items=listing(data["done"], most=10)) if data["done"] else ""
    notes = [f"{who(each['by'])}: {each['text']}" for each in data["notes"]]
    noted = say("noted there: {notes}", notes=" / ".join(notes)) if notes else ""
    return side_by_side(first, done, noted, by="; ")


def _knowledge(data: dict[str, Any]) -> str:
    known = _minute(data["known_at"])
    if not data["before"]:
        return say("set the time of knowledge to {known}: the legal clocks run", known=known)
    return say("corrected the time of knowledge from {before} to {known}: {why}", before=_minute(data["before"]),
               known=known, why=data["reason"])  # fmt: skip


def _settled(data: dict[str, Any]) -> str:
    said = {"clock": data["clock"], "words": data["words"]}
    if data["state"] == "met":
        return (
            say("met after its time: {clock} ({words})", **said)
            if data["late"]
            else say("met: {clock} ({words})", **said)
        )
    if data["state"] == "not_applicable":
        return say("said that {clock} does not apply: {words}", **said)
    return say("had {clock} run again: {words}", **said)


def _role(data: dict[str, Any]) -> str:
    if data.get("before"):
        return say(
            "made <@{user}> {role}, in place of <@{before}>",
            user=data["user"],
            role=data["role"],
            before=data["before"],
        )
    return say("made <@{user}> {role}", user=data["user"], role=data["role"])


WORDS: dict[str, Words] = {
    "incident.declared": lambda d: say(
        "declared {severity}: {title}", severity=d["severity"].upper(), title=d["title"]
    ),
    "incident.severity": lambda d: say("changed the severity from {old} to {new}", old=d["old"], new=d["new"]),
    "incident.merged": lambda d: _merged(d),
    "incident.duplicate": lambda d: (
        say("closed the incident as a duplicate of incident {into}", into=d["into"])
        if d["into"]
        else say("closed the incident as a duplicate of another")
    ),
    "incident.renamed": lambda d: say("renamed it from “{old}” to “{new}”", old=d["old"], new=d["new"]),
    "evidence.asked": lambda d: say(
        "asked to keep {name} of <@{author}> as evidence {evidence}",
        name=d["name"],
        author=d["author"],
        evidence=d["evidence"],
    ),
    "evidence.kept": lambda d: say(
        "kept {name} as evidence {evidence}: SHA-256 {sha256}, {size} bytes",
        name=d["name"],
        evidence=d["evidence"],
        sha256=d["sha256"],
        size=d["size"],
    ),
    "evidence.failed": lambda d: say(
        "could not keep {name} as evidence {evidence}: {why}", name=d["name"], evidence=d["evidence"], why=d["why"]
    ),
    "evidence.handed": lambda d: say(
        "handed evidence {evidence} ({name}) from <@{giver}> to <@{taker}>: {reason}",
        evidence=d["evidence"],
        name=d["name"],
        giver=d["giver"],
        taker=d["taker"],
        reason=d["reason"],
    ),
    "legal.drafted": lambda d: say(
        "wrote the draft of {title} (SHA-256 {sha256})", title=d["title"], sha256=d["sha256"]
    ),
    "legal.reviewed": lambda d: say("reviewed {title} (SHA-256 {sha256})", title=d["title"], sha256=d["sha256"]),
    "legal.sent": lambda d: say(
        "sent {title} under {reference} (SHA-256 {sha256})",
        title=d["title"],
        reference=d["reference"],
        sha256=d["sha256"],
    ),
    "legal.exported": lambda d: say("exported {title} (SHA-256 {sha256})", title=d["title"], sha256=d["sha256"]),
    "legal.knowledge": _knowledge,
    "legal.settled": _settled,
    "legal.reminded": lambda d: say(
        "reminded of the legal deadline {clock}, due {due}", clock=d["clock"], due=_minute(d["due_at"])
    ),
    "incident.role": lambda d: _role(d),
    "reminder.snoozed": lambda d: say("put the reminder of {phase} off", phase=d["phase"]),
    "incident.role_back": lambda d: say("took the role {role} back from {who}", role=d["role"], who=who(d["user"])),
    "incident.acknowledged": lambda d: _acknowledged(d),
    "escalation.called": lambda d: _level_called(d),
    "escalation.left_out": lambda d: say("left out {level}: {why}", level=_level(d), why=d["why"]),
    "escalation.unreached": lambda d: say("reached nobody of {level}: {people}", level=_level(d), people=d["people"]),
    "escalation.asked": lambda d: say("asked whether to call {level}", level=_level(d)),
    "escalation.exhausted": lambda d: say("reminded: everybody was called, and {why}", why=d["why"]),
    "escalation.reminded": lambda d: say("reminded: nobody has acknowledged it, and next is {level}", level=_level(d)),
    "incident.handed_back": lambda d: say("handed back what <@{user}> had acknowledged", user=d["user"]),
    "incident.resolved": lambda d: say("resolved the incident") + (f": {d['summary']}" if d.get("summary") else ""),
    "incident.closed": lambda d: side_by_side(say("closed the incident"), _left_open(d), by="; "),
    "incident.reopened": lambda d: say("reopened the incident") + (f": {d['why']}" if d.get("why") else ""),
    "channel.created": lambda d: say("opened #{name}", name=d["name"]),
    "channel.invited": lambda d: _invited(d["users"], d.get("failed") or {}),
    "invitation.failed": lambda d: say("could not invite {who}: {why}", who=_whom(d["person"]), why=d["why"]),
    "person.alerted": _alerted,
    "page.answered": lambda d: say("{who} acknowledged by {how}, and is not known here", who=d["person"], how=d["how"]),
    "page.delivered": lambda d: say("{how} delivered the page to {who}", how=d["how"], who=d["person"]),
    "page.spared": lambda d: say(
        "did not page {who} again: {count} pages in {time} are the most for one incident",
        who=d["person"],
        count=d["count"],
        time=d["time"],
    ),
    "page.asked": lambda d: say("asked NeonOps to page {people} again", people=listing(d["people"], most=20)),
    "nobody.reached": lambda d: say("nobody was reached: the whole team was notified"),
    "note.added": lambda d: say("noted: {text}", text=d["text"]),
}
