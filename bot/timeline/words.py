"""What an event of the timeline says, in one sentence. Users appear as `<@U…>`: the reader's door names them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.effects.wording import effect_words
from bot.text import listing, say, shorten, side_by_side, span
from bot.text.legible import lines_of
from bot.timeline import Event

Words = Callable[[dict[str, Any]], str]


def event_words(event: Event) -> str:
    """The sentence, without its time and actor."""
    try:
        return _WORDS[event.kind](event.data)
    except (LookupError, TypeError, AttributeError, ValueError):
        # Of another version, which knew other kinds or said other things of them: one event hides no others.
        return event.kind.replace(".", " ").replace("_", " ")


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


def _left_open(data: dict[str, Any]) -> str:
    return say("left open: {items}", items=listing(data["left"])) if data.get("left") else ""


def _returned(each: dict[str, str] | str) -> str:
    """What an undo makes live again; earlier versions wrote it as words."""
    return each if isinstance(each, str) else f"{each['title']} → {each['returns_name']}"


def _who(user: str) -> str:
    return f"<@{user}>" if user != "neonops" else "NeonOps"


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


def _whom(person: str) -> str:
    return f"<@{person}>" if person[:1] in ("U", "W") and person.isupper() else person


def _invited(users: list[str], failed: dict[str, str]) -> str:
    """Older events also hold who could not be invited, and may hold nobody who was."""
    said = [say("invited {users}", users=listing([_whom(user) for user in users], most=20))] if users else []
    missed = [f"{_whom(user)} ({why})" for user, why in failed.items()]
    said += [say("could not invite {users}", users=listing(missed, most=20))] if missed else []
    return "; ".join(said) or say("had nobody to invite")


def _acknowledged(data: dict[str, Any]) -> str:
    words = say("is on it, {time} after it was declared", time=span(timedelta(seconds=data["took"])))
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


def _live(data: dict[str, Any]) -> str:
    names = {"id": data["deployment"], "service": data["service"]}
    return (
        say("saw {id} live as {service}", **names)
        if data["moved"]
        else say("{id} was already live as {service}", **names)
    )


def _moved(data: dict[str, Any]) -> str:
    names = {"id": data["deployment"], "service": data["service"], "to": data["to"]}
    if data["by"]:
        return say("{id} is no longer live as {service}: run {run} moved it to {to}", run=data["by"], **names)
    return say("{id} is no longer live as {service}: {to} is, moved outside NeonOps", **names)


def _minute(instant: str) -> str:
    """An instant of the data to the minute, in UTC."""
    return f"{datetime.fromisoformat(instant).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _merged(data: dict[str, Any]) -> str:
    first = say("merged incident {id} into this one: {title}", id=data["merged"], title=data["title"])
    done = say("done there: {items}", items=listing(data["done"], most=10)) if data["done"] else ""
    notes = [f"{_who(each['by'])}: {each['text']}" for each in data["notes"]]
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
        return say("made <@{user}> {role}, in place of <@{before}>", **data)
    return say("made <@{user}> {role}", user=data["user"], role=data["role"])


_WORDS: dict[str, Words] = {
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
    "evidence.asked": lambda d: say("asked to keep {name} of <@{author}> as evidence {evidence}", **d),
    "evidence.kept": lambda d: say("kept {name} as evidence {evidence}: SHA-256 {sha256}, {size} bytes", **d),
    "evidence.failed": lambda d: say("could not keep {name} as evidence {evidence}: {why}", **d),
    "evidence.handed": lambda d: say(
        "handed evidence {evidence} ({name}) from <@{giver}> to <@{taker}>: {reason}", **d
    ),
    "legal.drafted": lambda d: say("wrote the draft of {title} (SHA-256 {sha256})", **d),
    "legal.reviewed": lambda d: say("reviewed {title} (SHA-256 {sha256})", **d),
    "legal.sent": lambda d: say("sent {title} under {reference} (SHA-256 {sha256})", **d),
    "legal.exported": lambda d: say("exported {title} (SHA-256 {sha256})", **d),
    "legal.knowledge": _knowledge,
    "legal.settled": _settled,
    "legal.reminded": lambda d: say(
        "reminded of the legal deadline {clock}, due {due}", clock=d["clock"], due=_minute(d["due_at"])
    ),
    "incident.role": lambda d: _role(d),
    "incident.role_back": lambda d: say("took the role {role} back from {who}", role=d["role"], who=_who(d["user"])),
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
    "incident.reopened": lambda d: say("reopened the incident"),
    "channel.created": lambda d: say("opened #{name}", name=d["name"]),
    "channel.invited": lambda d: _invited(d["users"], d.get("failed") or {}),
    "invitation.failed": lambda d: say("could not invite {who}: {why}", who=_whom(d["person"]), why=d["why"]),
    "person.alerted": _alerted,
    "page.answered": lambda d: say("{who} acknowledged by {how}, and is not known here", who=d["person"], how=d["how"]),
    "page.delivered": lambda d: say("{how} delivered the page to {who}", how=d["how"], who=d["person"]),
    "page.asked": lambda d: say("asked NeonOps to page {people} again", people=listing(d["people"], most=20)),
    "nobody.reached": lambda d: say("nobody was reached: the whole team was notified"),
    "card.held": lambda d: say("cannot update a card for now: {why}", why=d["why"]),
    "effect.held": lambda d: say("cannot do this for now: {effect} ({why})", effect=_effect(d), why=d["why"]),
    "note.added": lambda d: say("noted: {text}", text=d["text"]),
    "step.ticked": lambda d: say("ticked {step}", step=d.get("text") or d["step"]) + _found(d),
    "step.unticked": lambda d: say("unticked {step}", step=d["text"]),
    "step.skipped": lambda d: say("skipped {step}: {why}", step=d["text"], why=d.get("reason")),
    "step.claimed": lambda d: say("marked {step} as done; NeonOps checks", step=d["text"]),
    "step.asked": lambda d: say("asked NeonOps to run {step}", step=d["text"]),
    "step.dropped": lambda d: say(
        "did not start {step}: {who} requested it and {why}", step=d["text"], who=_who(d["user"]), why=d["why"]
    ),
    "step.started": lambda d: say("started {step}", step=d["text"]),
    "step.done": lambda d: say("completed {step}", step=d["text"]) + _found(d),
    "step.failed": lambda d: say("failed {step}", step=d.get("text") or d["step"]) + _found(d),
    "step.left": lambda d: say("{step} needs a manual decision", step=d["text"]) + _found(d),
    "step.unknown": lambda d: say("was interrupted in {step}", step=d["text"]) + _found(d),
    "gate.opened": lambda d: say("needs a decision on {step}", step=d["step"]),
    "procedure.started": lambda d: say("started run {run} for {step}", run=d["run"], step=d["text"]),
    "run.requested": lambda d: say("requested: {title}", title=d["title"]),
    "run.approved": lambda d: say("approved: {title}", title=d["title"]),
    "run.confirmed": lambda d: say("confirmed: {title}", title=d["title"]),
    "run.held": lambda d: say("{title} is blocked by: {gates}", title=d["title"], gates=listing(d["gates"])),
    "approval.void": lambda d: say("the approval of {title} is void: {why}", title=d["title"], why=d["why"]),
    "gate.overridden": lambda d: say(
        "overrode the gate {gate} ({what}): {why}", gate=d["gate"], what=d["what"], why=d["why"]
    ),
    "restore.chosen": lambda d: say("chose {what}, {where}", what=d["what"], where=d["where"]),
    "backup.proven": lambda d: (
        say("verified a dump with {rows} rows", rows=d["rows"])
        if d["kind_of_backup"] == "dump"
        else say("verified that point-in-time recovery is fresh")
    ),
    "backup.deleted": lambda d: say("deleted expired backup {id}", id=d["backup"]),
    "hold.placed": lambda d: say("set a deploy {hold}: {why}", hold=d["hold"], why=d["reason"]),
    "hold.lifted": lambda d: say("removed the deploy {hold} ({why})", hold=d["hold"], why=d["reason"]),
    "hold.taken_over": lambda d: say(
        "took over the {hold} of {owner} ({why})", hold=d["hold"], owner=_who(d["owner"]), why=d["reason"]
    ),
    "hold.kept": lambda d: say("kept the deploy {hold} for another day ({why})", hold=d["hold"], why=d["reason"]),
    "hold.expired": lambda d: say("ended the expired deploy {hold} ({why})", hold=d["hold"], why=d["reason"]),
    "hold.reminded": lambda d: say(
        "reminded of the deploy {hold}, in place for {time} ({why})",
        hold=d["hold"],
        time=d["stood"],
        why=d["reason"],
    ),
    "run.started": lambda d: say("started: {title}", title=d["title"]),
    "run.cancelled": lambda d: say("cancelled: {title}", title=d["title"]),
    "run.ended": lambda d: say("{title}: {state}", title=d["title"], state=d["state"]) + _why(d),
    "rollback.chosen": lambda d: say("chose {id} for {service}", id=d["deployment"], service=d["service"]),
    "rollback.asked": lambda d: say("requested to abort {title} and roll back what is live", title=d["title"]),
    "rollback.undone": lambda d: say(
        "started to undo the rollback of run {id}: {what}",
        id=d["undoes"],
        what=listing([_returned(each) for each in d["returns"]]),
    ),
    "rollback.emergency": lambda d: say("declared {title} an emergency: {why}", title=d["title"], why=d["why"]),
    "rollback.outcome": lambda d: d["text"],
    "timer.response": lambda d: say("reminded: no response in time"),
    "timer.phase": lambda d: say(
        "reminded: time is up for {phase}, open: {items}", phase=d["phase"], items=listing(d["open"])
    ),
    "watch.began": lambda d: say("monitors {what} for {time}", what=listing(d["what"], most=8), time=d["lasts"]),
    "watch.looked": lambda d: say(
        "checked ({number} of {looks}): {words}", number=d["number"], looks=d["looks"], words=d["words"]
    ),
    "watch.changed": lambda d: say(
        "saw it change from {old} to {new}: {words}", old=d["old"], new=d["new"], words=d["words"]
    ),
    "watch.superseded": lambda d: (
        say("stopped monitoring: run {run} ({title}) moved production", run=d["run"], title=d["title"])
        if d["run"]
        else say("stopped monitoring: production was moved outside NeonOps to {to}", to=d["to"])
    ),
    "production.live": lambda d: _live(d),
    "production.moved": lambda d: _moved(d),
    "watch.ended": lambda d: say("finished monitoring: {words}", words=d["words"]),
    "timer.budget": lambda d: say("reminded: {phase} is over its budget, at {step}", phase=d["phase"], step=d["step"]),
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
    "member.changed": lambda d: say("found that {who} {what}", who=_who(d["user"]), what=_member_words(d)),
    "power.changed": lambda d: say("found that the configuration changed: {changes}", changes="; ".join(d["changes"])),
    "effect.failed": lambda d: say("failed: {effect} ({why})", effect=_effect(d), why=d["why"]),
}
