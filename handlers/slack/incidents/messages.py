"""What is said of an incident: in its own channel, and where incidents are talked about."""

from datetime import datetime, timedelta

from bot.domain import Domain
from bot.incidents.model import Incident
from bot.ports import Tx
from bot.runbook.model import Runbook
from bot.text import plural, say, side_by_side, span
from handlers.slack.blocks.elements import escape, quote, user, when
from handlers.slack.messaging.template import Scene, Template


def moved(incident: Incident) -> str:
    """In place of a checklist that stands in the incident's channel by now."""
    return say("➡️ *{title}* continues in {where}.", title=escape(incident.title), where=where_of(incident))


def where_of(incident: Incident) -> str:
    """The incident's channel, as a link once it is there."""
    if incident.channel:
        return f"<#{incident.channel}>"
    return say("#{name} (not created yet)", name=incident.channel_name)


def _runbook(domain: Domain, tx: Tx, scene: Scene) -> Runbook:
    """The runbook that the incident was declared under: its severities are named as they stand there."""
    return domain.runbook_of(tx, scene.the_run)


def _declared(scene: Scene) -> str:
    incident = scene.the_incident
    severity = scene.found.severity(scene.data.get("severity", incident.severity))
    return say(
        "{emoji} *{severity}* declared by {who}: *{title}*\n{impact}. Follow in {where}.",
        emoji=severity.emoji,
        severity=escape(severity.title),
        who=user(incident.declared_by),
        title=escape(incident.title),
        impact=escape(severity.impact),
        where=where_of(incident),
    )


def _severity(scene: Scene) -> str:
    return say(
        "{who} changed the severity from {old} to *{new}*. The checklist follows it.",
        who=user(scene.data["by"]),
        old=scene.data["old"].upper(),
        new=scene.data["new"].upper(),
    )


def _severity_to_all(scene: Scene) -> str:
    incident, severity = scene.the_incident, scene.found.severity(scene.data["new"])
    return say(
        "{emoji} {who} changed the severity of *{title}* from {old} to *{new}*.\n{impact}. Follow in {where}.",
        emoji=severity.emoji,
        who=user(scene.data["by"]),
        title=escape(incident.title),
        old=scene.data["old"].upper(),
        new=scene.data["new"].upper(),
        impact=escape(severity.impact),
        where=where_of(incident),
    )


def _acknowledged(scene: Scene) -> str:
    data = scene.data
    words = say("🙋 {who} is on it, {time} after it was declared.", who=user(data["by"]),
                time=data["took"])  # fmt: skip
    return side_by_side(words, say("They lead.") if data["leads"] else "")


def _handed_back(scene: Scene) -> str:
    by, was = user(scene.data["by"]), user(scene.data["user"])
    if by == was:
        return say("↩️ {who} handed the incident back: nobody is on it, and people are called again.", who=by)
    return say("↩️ {who} took {was} off it: nobody is on it, and people are called again.", who=by, was=was)


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
    return " " + plural("{count} item was left open.", "{count} items were left open.", left) if left else ""


def _closed_to_all(scene: Scene) -> str:
    title = escape(scene.the_incident.title)
    words = say(
        "🏁 {who} closed {severity} *{title}*.", who=user(scene.data["by"]), severity=_named(scene), title=title
    )
    return words + _left(scene)


def _reopened(scene: Scene) -> str:
    words = say("🔁 {who} reopened the incident.", who=user(scene.data["by"]))
    return words + (f"\n{quote(scene.data['why'])}" if scene.data.get("why") else "")


def _reopened_to_all(scene: Scene) -> str:
    return say(
        "🔁 {who} reopened {severity} *{title}*: it is not over. Follow in {where}.",
        who=user(scene.data["by"]),
        severity=_named(scene),
        title=escape(scene.the_incident.title),
        where=where_of(scene.the_incident),
    )


def _response_due(scene: Scene) -> str:
    """Planned by an earlier version."""
    severity = scene.found.severity(scene.the_incident.severity)
    declared = datetime.fromisoformat(scene.data["declared_at"])
    return say(
        "⏰ *No response within {time}* (declared {when}). Tick an item or add a note to show that somebody is "
        "responding.",
        time=span(severity.response),
        when=when(declared),
    )


MESSAGES = {
    "incident.declared": Template(_declared, _runbook),
    "incident.severity": Template(_severity),
    "incident.acknowledged": Template(_acknowledged),
    "incident.handed_back": Template(_handed_back),
    "incident.resolved": Template(_resolved),
    "incident.closed": Template(_closed),
    "incident.reopened": Template(_reopened),
    "announce.severity": Template(_severity_to_all, _runbook),
    "announce.resolved": Template(_resolved),
    "announce.closed": Template(_closed_to_all),
    "announce.reopened": Template(_reopened_to_all),
    "timer.response": Template(_response_due, _runbook),
}
