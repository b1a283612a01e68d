"""Messages that say that something happened: announcements, reminders, changes. One function each, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.holds.holds import HoldRef
from bot.incidents.model import Incident
from bot.runbook.model import Runbook
from bot.runs.model import Run
from bot.text import listing, plural, say, shorten, span
from handlers.slack.blocks.elements import (
    TEXT_LIMIT,
    Message,
    actions,
    button,
    escape,
    quote,
    section,
    sentences,
    user,
    when,
)
from handlers.slack.interaction import ids


@dataclass(frozen=True)
class Scene:
    """What a message may speak of."""

    run: Run
    runbook: Runbook
    incident: Incident | None
    data: dict[str, Any]
    place: str | None = None
    """The channel of the run, or where its cards stand when it has none."""

    @property
    def the_incident(self) -> Incident:
        """The incident; a message about one is never planned without."""
        assert self.incident
        return self.incident


def render(name: str, scene: Scene) -> Message:
    """The message of this name."""
    text = MESSAGES[name](scene)
    drill = say("[DRILL] ") if scene.run.drill else ""
    return Message(shorten(drill + text, TEXT_LIMIT))


def said(payload: dict[str, Any]) -> Message:
    """A sentence that is said by itself; one about a hold has buttons that end or keep it."""
    text = ("<!channel> " if payload.get("everybody") else "") + sentences(payload["text"])
    if "hold" not in payload:
        return Message(text)
    ref = HoldRef(*payload["hold"])
    buttons = [button(say("Unlock"), ids.HOLD_LIFT, ref, style="primary"),
               button(say("Keep it for 24 h"), ids.HOLD_KEEP, ref)]  # fmt: skip
    return Message(text, [section(text), actions(*buttons)])


def moved(incident: Incident) -> str:
    """In place of a checklist that stands in the incident's channel by now."""
    return say("➡️ *{title}* goes on in {where}.", title=escape(incident.title), where=where_of(incident))


def _declared(scene: Scene) -> str:
    incident = scene.the_incident
    severity = scene.runbook.severity(scene.data.get("severity", incident.severity))
    return say(
        "{emoji} *{severity}* declared by {who}: *{title}*\n{impact}. Follow along in {where}.",
        emoji=severity.emoji,
        severity=escape(severity.title),
        who=user(incident.declared_by),
        title=escape(incident.title),
        impact=escape(severity.impact),
        where=where_of(incident),
    )


def where_of(incident: Incident) -> str:
    """The incident's channel, as a link once it is there."""
    if incident.channel:
        return f"<#{incident.channel}>"
    return say("#{name} (not made yet)", name=incident.channel_name)


def _severity(scene: Scene) -> str:
    return say(
        "{who} changed the severity from {old} to *{new}*. The checklist follows it.",
        who=user(scene.data["by"]),
        old=scene.data["old"].upper(),
        new=scene.data["new"].upper(),
    )


def _severity_to_all(scene: Scene) -> str:
    incident, severity = scene.the_incident, scene.runbook.severity(scene.data["new"])
    return say(
        "{emoji} {who} changed the severity of *{title}* from {old} to *{new}*.\n{impact}. Follow along in {where}.",
        emoji=severity.emoji,
        who=user(scene.data["by"]),
        title=escape(incident.title),
        old=scene.data["old"].upper(),
        new=scene.data["new"].upper(),
        impact=escape(severity.impact),
        where=where_of(incident),
    )


def _role(scene: Scene) -> str:
    return say(
        "{user} is now *{role}* (given by {who}).",
        user=user(scene.data["user"]),
        role=scene.data["role"],
        who=user(scene.data["by"]),
    )


def _resolved(scene: Scene) -> str:
    incident = scene.the_incident
    lasted = scene.data.get("lasted")
    if lasted is None:  # planned by an earlier version
        lasted = ((incident.resolved_at or incident.declared_at) - incident.declared_at).total_seconds()
    summary = f"\n{quote(scene.data['summary'])}" if scene.data.get("summary") else ""
    return (
        say(
            "✅ {who} resolved {severity} *{title}* after {time}.",
            who=user(scene.data["by"]),
            severity=_named(scene),
            title=escape(incident.title),
            time=span(timedelta(seconds=lasted)),
        )
        + summary
    )


def _named(scene: Scene) -> str:
    """The severity that the incident had when it was planned to say so."""
    severity: str = scene.data.get("severity", scene.the_incident.severity)
    return severity.upper()


def _closed(scene: Scene) -> str:
    return say("🏁 {who} closed the incident.", who=user(scene.data["by"])) + _left(scene)


def _left(scene: Scene) -> str:
    left = scene.data.get("left", 0)
    return plural(" {count} item was left open.", " {count} items were left open.", left) if left else ""


def _closed_to_all(scene: Scene) -> str:
    title = escape(scene.the_incident.title)
    words = say(
        "🏁 {who} closed {severity} *{title}*.", who=user(scene.data["by"]), severity=_named(scene), title=title
    )
    return words + _left(scene)


def _reopened(scene: Scene) -> str:
    return say("🔁 {who} reopened the incident.", who=user(scene.data["by"]))


def _reopened_to_all(scene: Scene) -> str:
    return say(
        "🔁 {who} reopened {severity} *{title}*: it is not over. Follow along in {where}.",
        who=user(scene.data["by"]),
        severity=_named(scene),
        title=escape(scene.the_incident.title),
        where=where_of(scene.the_incident),
    )


def _response_due(scene: Scene) -> str:
    severity = scene.runbook.severity(scene.the_incident.severity)
    declared = datetime.fromisoformat(scene.data["declared_at"])
    return say(
        "⏰ *The response time of {time} is over, and nobody has acted yet* (declared {when}). "
        "Tick an item or write a note to show that somebody is on it.",
        time=span(severity.response),
        when=when(declared),
    )


def _phase_due(scene: Scene) -> str:
    left: list[str] = scene.data["open"]
    items = "\n".join(f"• {escape(item)}" for item in left[:10])
    more = say("\n…and {count} more", count=len(left) - 10) if len(left) > 10 else ""
    count = plural("{count} item is still open", "{count} items are still open", len(left))
    return (
        say("⏰ *{phase}: the time is over, and {count}*", phase=escape(scene.data["phase"]), count=count)
        + f"\n{items}{more}"
    )


def _budget_over(scene: Scene) -> str:
    planned = span(timedelta(seconds=scene.data["budget"]))
    now = {
        "runs": say("*{step}* is still running", step=escape(scene.data["step"])),
        "asks": say("*{step}* waits for a decision on the card", step=escape(scene.data["step"])),
        "waits": say("*{step}* is to be done by a person", step=escape(scene.data["step"])),
    }[scene.data["doing"]]
    sentence = "⏱️ *{title}*: {phase} is over its budget of {time}, and {now}."
    return say(sentence, title=escape(scene.run.title), phase=escape(scene.data["phase"]), time=planned, now=now)


def _alert(scene: Scene) -> str:
    people = listing([user(each) for each in scene.data["users"]], most=20)
    default = say("you are needed: *{title}*", title=escape(scene.run.title))
    words = escape(scene.data["message"]) if scene.data.get("message") else default
    return f"🚨 {people}: {words}{_elsewhere(scene) if scene.data.get('direct') else ''}"


def _elsewhere(scene: Scene) -> str:
    """Where it goes on, for who is told of it by a direct message."""
    if (scene.place or "")[:1] in ("C", "G"):
        return say(" in {channel}", channel=f"<#{scene.place}>")
    if scene.incident:
        return say(". `/incident {id} status` shows where it stands.", id=scene.incident.id)
    return ""


MESSAGES: dict[str, Callable[[Scene], str]] = {
    "incident.declared": _declared,
    "incident.severity": _severity,
    "incident.role": _role,
    "incident.resolved": _resolved,
    "incident.closed": _closed,
    "incident.reopened": _reopened,
    "announce.severity": _severity_to_all,
    "announce.resolved": _resolved,
    "announce.closed": _closed_to_all,
    "announce.reopened": _reopened_to_all,
    "timer.response": _response_due,
    "timer.phase": _phase_due,
    "timer.budget": _budget_over,
    "alert": _alert,
}
