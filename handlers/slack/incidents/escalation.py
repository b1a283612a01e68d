"""The escalation of an incident in Slack: what is said of it, and the block that shows each level and its people."""

from datetime import datetime, timedelta

from bot.escalation.look import Called, LevelView
from bot.escalation.model import LevelState
from bot.text import listing, say, side_by_side, span
from handlers.slack.blocks import ids
from handlers.slack.blocks.acknowledge import acknowledge_button
from handlers.slack.blocks.elements import Block, Message, actions, button, escape, section, when
from handlers.slack.blocks.references import LevelRef
from handlers.slack.messaging.template import Scene, Template

NOT_YET = "—"
"""In a column of what has not happened."""


def escalation_lines(levels: tuple[LevelView, ...]) -> list[str]:
    """A line for each level, and for each person of those that were called: sent, delivered, acknowledged."""
    return [line for each in levels for line in (_level_line(each), *_people_lines(each))]


def escalation_block(levels: tuple[LevelView, ...]) -> list[Block]:
    """The levels for a card; nothing when there are none."""
    return [section("\n".join([say("*Who is called*"), *escalation_lines(levels)]))] if levels else []


def _level_line(each: LevelView) -> str:
    level = each.level
    name = say("*Level {level}* {title}", level=level.level, title=escape(level.title))
    return f"{_SIGNS[level.state]} {name}: {_state(each)}"


_SIGNS = {
    LevelState.WAITING: "▫️",
    LevelState.ASKED: "❓",
    LevelState.CALLED: "📣",
    LevelState.UNREACHED: "⚠️",
    LevelState.LEFT_OUT: "➖",
}


def _state(each: LevelView) -> str:
    level = each.level
    match level.state:
        case LevelState.CALLED if level.called_at:
            return say("called {time}", time=when(level.called_at))
        case LevelState.UNREACHED:
            return say("nobody was reached")
        case LevelState.LEFT_OUT:
            return say("left out: {why}", why=escape(level.why))
        case LevelState.ASKED:
            return say("called only by a person: `/incident escalate {level}`", level=level.level)
    if level.due_at and level.confirm:
        return say("asked for {time}", time=when(level.due_at))
    if level.due_at:
        return say("called {time} unless somebody is on it", time=when(level.due_at))
    return say("not called")


def _people_lines(each: LevelView) -> list[str]:
    shown = each.level.state in (LevelState.CALLED, LevelState.UNREACHED)
    return [_person_line(person) for person in each.people] if shown else []


def _person_line(person: Called) -> str:
    columns = say(
        "{name}: sent {sent} · delivered {delivered} · acknowledged {acknowledged}",
        name=escape(person.name),
        sent=say("unsure") if person.unsure and not person.sent_at else _time(person.sent_at),
        delivered=_time(person.delivered_at),
        acknowledged=_time(person.acknowledged_at),
    )
    return "↳ " + side_by_side(columns, f"({escape(listing(person.failures))})" if person.failures else "")


def _time(at: datetime | None) -> str:
    return when(at) if at else NOT_YET


def _reminded(scene: Scene) -> Message:
    data = scene.data
    due, since = datetime.fromisoformat(data["due_at"]), datetime.fromisoformat(data["since"])
    name = say("level {level} ({title})", level=data["level"], title=escape(data["title"]))
    next_one = (
        say("At {time} NeonOps asks whether to call {name}.", time=when(due), name=name)
        if data["confirm"]
        else say("{name} is called at {time}.", time=when(due), name=name)
    )
    words = say("⏰ *Nobody has acknowledged this incident* (declared {since}). {next}", since=when(since),
                next=side_by_side(next_one[:1].upper() + next_one[1:], _late(data["late"])))  # fmt: skip
    return Message(words, [section(words), actions(acknowledge_button(scene.the_incident.id))])


def _late(seconds: float) -> str:
    late = timedelta(seconds=seconds)
    words = say("(NeonOps was away: this reminder is {time} late.)", time=span(late))
    return words if late >= timedelta(minutes=1) else ""


def _asked(scene: Scene) -> Message:
    data, number = scene.data, scene.the_incident.id
    words = say(
        "❓ *Everybody below level {level} was called, and nobody is on it:* {why}. "
        "Level {level} ({title}) is never called by the clock: a person decides.",
        level=data["level"],
        title=escape(data["title"]),
        why=escape(data["why"]),
    )
    call = button(say("Call {title}…", title=data["title"]), ids.INCIDENT_ESCALATE, LevelRef(number, data["level"]),
                  style="danger")  # fmt: skip
    return Message(words, [section(words), actions(acknowledge_button(number), call)])


def _exhausted(scene: Scene) -> Message:
    words = say("⏰ *Everybody whom the clock calls was called, and nobody is on it:* {why}.",
                why=escape(scene.data["why"]))  # fmt: skip
    return Message(words, [section(words), actions(acknowledge_button(scene.the_incident.id))])


def _drill(scene: Scene) -> str:
    data = scene.data
    people = escape(listing(data["people"], most=20))
    return say("📣 Level {level} ({title}) would be called now: {people}.", level=data["level"],
               title=escape(data["title"]), people=people)  # fmt: skip


MESSAGES = {
    "escalation.reminded": Template(_reminded, reminds=True),
    "escalation.asked": Template(_asked),
    "escalation.exhausted": Template(_exhausted),
    "escalation.drill": Template(_drill),
}
