"""What people are told who are needed."""

from bot.incidents.model import IncidentStatus
from bot.text import listing, say
from handlers.slack.blocks.acknowledge import acknowledge_button
from handlers.slack.blocks.elements import Message, actions, escape, section, user
from handlers.slack.messaging.template import Scene, Template


def _alert(scene: Scene) -> Message:
    people = listing([user(each) for each in scene.data["users"]], most=20)
    default = say("you are needed: *{title}*", title=escape(scene.the_run.title))
    words = escape(scene.data["message"]) if scene.data.get("message") else default
    text = f"🚨 {people}: {words}{_elsewhere(scene) if scene.data.get('elsewhere') else ''}"
    incident = scene.incident
    if incident is None or incident.status is not IncidentStatus.OPEN or incident.acknowledged_at:
        return Message(text)
    return Message(text, [section(text), actions(acknowledge_button(incident.id))])


def _elsewhere(scene: Scene) -> str:
    """Where it goes on, for who is told of it in another place."""
    if (scene.place or "")[:1] in ("C", "G"):
        return f" → <#{scene.place}>"
    if scene.incident:
        return ". " + say("`/incident {id} status` shows its status.", id=scene.incident.id)
    return ""


ALERT = Template(_alert)
