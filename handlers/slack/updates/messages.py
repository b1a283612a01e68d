"""What is said of updates: the update itself, that the next one is due, that customers wait for the last."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain import Domain
from bot.incidents.model import Incident
from bot.ports import Tx
from bot.text import say, side_by_side, span
from bot.text.values import reader_now
from bot.updates.drafts import drafted
from bot.updates.model import Audience, StatusUpdate, UpdateStatus
from bot.updates.send import status_of
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, Message, actions, button, escape, quote, section, user
from handlers.slack.blocks.references import IncidentRef
from handlers.slack.messaging.template import Scene, Template
from handlers.slack.updates.words import status_words


def update_button(incident: Incident) -> Block:
    """A button that opens the form of an update."""
    return button(say("Write an update…"), ids.INCIDENT_UPDATE, IncidentRef(incident.id), style="primary")


def _sent(domain: Domain, tx: Tx, scene: Scene) -> StatusUpdate:
    found = tx.rows(StatusUpdate).get(scene.data["update"])
    assert found, "an update is told of after it was stored"
    return found


def _update(scene: Scene) -> str:
    """In the incident's own channel."""
    update: StatusUpdate = scene.found
    said = {"status": status_words(update.status), "who": user(update.by)}
    first = (
        say("📣 *{status}* · {who} told customers:", **said)
        if update.audience is Audience.CUSTOMERS
        else say("📣 *{status}* · update by {who}:", **said)
    )
    return f"{first}\n{_texts(update)}"


def _update_to_all(scene: Scene) -> str:
    """Where incidents are talked about, and to subscribers."""
    update: StatusUpdate = scene.found
    incident = scene.the_incident
    said = {"severity": incident.severity.upper(), "title": escape(incident.title), "id": incident.id,
            "status": status_words(update.status)}  # fmt: skip
    first = (
        say("📣 {severity} *{title}* (incident {id}) · *{status}* · told customers:", **said)
        if update.audience is Audience.CUSTOMERS
        else say("📣 {severity} *{title}* (incident {id}) · *{status}*:", **said)
    )
    return f"{first}\n{_texts(update)}"


def _texts(update: StatusUpdate) -> str:
    return "\n\n".join(quote(text) for text in update.texts.values())


@dataclass(frozen=True)
class Due:
    """An update that is due: its draft, how far the incident is, and how often updates are due."""

    drafts: dict[str, str]
    status: UpdateStatus
    every: timedelta | None


def _due(domain: Domain, tx: Tx, scene: Scene) -> Due:
    incident, found = scene.the_incident, domain.runbook_of(tx, scene.the_run)
    status = status_of(tx, incident)
    return Due(
        drafted(found, incident, Audience.INSIDE, status), status, found.severity(incident.severity).update_every
    )


def _due_words(scene: Scene) -> Message:
    due: Due = scene.found
    late = timedelta(seconds=scene.data["late"])
    who = user(scene.data["teller"]) if scene.data.get("teller") else ""
    first = say("⏰ *A status update is due* ({status}).", status=status_words(due.status))
    if late:
        first = say("⏰ *A status update is overdue by {time}* ({status}).", time=span(late),
                    status=status_words(due.status))  # fmt: skip
    every = say("One is due every {time}.", time=span(due.every)) if due.every else ""
    nobody = "" if who else say("Nobody has the role that writes them: `/incident role communications` takes it.")
    draft = due.drafts.get(reader_now().locale[:2]) or next(iter(due.drafts.values()), "")
    text = side_by_side(who, first, every, nobody) + (f"\n{quote(draft)}" if draft else "")
    return Message(text, [section(text), actions(update_button(scene.the_incident))])


def _tell_customers(scene: Scene) -> Message:
    status = status_words(UpdateStatus(scene.data["status"]))
    text = say("📣 Customers were last told *{status}*: tell them that it is resolved.", status=status)
    return Message(text, [section(text), actions(update_button(scene.the_incident))])


MESSAGES = {
    "incident.update": Template(_update, _sent),
    "announce.update": Template(_update_to_all, _sent),
    "timer.update": Template(_due_words, _due, reminds=True),
    "incident.tell_customers": Template(_tell_customers),
}
