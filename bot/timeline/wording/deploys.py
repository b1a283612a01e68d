"""What the timeline says of deploys, rollbacks and restores, and of production."""

from typing import Any

from bot.text import listing, say
from bot.timeline.wording.phrases import Words, who


def _returned(each: dict[str, str] | str) -> str:
    """What an undo makes live again; earlier versions wrote it as words."""
    return each if isinstance(each, str) else f"{each['title']} → {each['returns_name']}"


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


WORDS: dict[str, Words] = {
    "run.approved": lambda d: say("approved: {title}", title=d["title"]),
    "run.confirmed": lambda d: say("confirmed: {title}", title=d["title"]),
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
        "took over the {hold} of {owner} ({why})", hold=d["hold"], owner=who(d["owner"]), why=d["reason"]
    ),
    "hold.kept": lambda d: say("kept the deploy {hold} for another day ({why})", hold=d["hold"], why=d["reason"]),
    "hold.expired": lambda d: say("ended the expired deploy {hold} ({why})", hold=d["hold"], why=d["reason"]),
    "hold.reminded": lambda d: say(
        "reminded of the deploy {hold}, in place for {time} ({why})",
        hold=d["hold"],
        time=d["stood"],
        why=d["reason"],
    ),
    "rollback.chosen": lambda d: say("chose {id} for {service}", id=d["deployment"], service=d["service"]),
    "rollback.asked": lambda d: say("requested to abort {title} and roll back what is live", title=d["title"]),
    "rollback.undone": lambda d: say(
        "started to undo the rollback of run {id}: {what}",
        id=d["undoes"],
        what=listing([_returned(each) for each in d["returns"]]),
    ),
    "rollback.emergency": lambda d: say("declared {title} an emergency: {why}", title=d["title"], why=d["why"]),
    "rollback.outcome": lambda d: d["text"],
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
}
