"""What is said of legal clocks: each with its source and its buttons."""

from bot.domain import Domain
from bot.legal.model import ClockState, LegalClock
from bot.legal.words import LegalView, clock_words, knowledge_words, lawyer_words, legal_view
from bot.ports import Tx
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, Message, actions, button, context, escape, section, sentence, user
from handlers.slack.blocks.references import IncidentRef, LegalRef
from handlers.slack.messaging.template import Scene, Template

SIGNS = {
    ClockState.RUNNING: "⏳",
    ClockState.WAITING: "⬜",
    ClockState.MET: "✅",
    ClockState.NOT_APPLICABLE: "➖",
}


def legal_message(view: LegalView, first: str = "") -> Message:
    """All clocks of an incident; `first` says why they are shown."""
    head = [line for line in (first, sentence(knowledge_words(view))) if line]
    lines = [clock_line(view, clock) for clock in view.clocks]
    law = sentence(lawyer_words(view))
    blocks = [section("\n".join([f"⚖️ {head[0]}", *head[1:]]))]
    for clock, line in zip(view.clocks, lines, strict=True):
        blocks += [section(line), *_buttons(view, clock)]
    change = button(say("Correct the time…") if view.knowledge else say("Set the time of knowledge…"),
                    ids.LEGAL_KNOWLEDGE, IncidentRef(view.incident.id))  # fmt: skip
    return Message("\n".join([*head, *lines, law]), [*blocks, actions(change), context(law)])


def clock_line(view: LegalView, clock: LegalClock) -> str:
    """`⏳ *Notify the ANPD*`, and how it stands."""
    return f"{SIGNS[clock.state]} *{escape(clock.text)}*\n{sentence(clock_words(view, clock))}"


def _buttons(view: LegalView, clock: LegalClock) -> list[Block]:
    ref = LegalRef(view.incident.id, clock.clock)
    if clock.state.settled:
        return [actions(button(say("Run again…"), ids.LEGAL_AGAIN, ref, about=clock.text))]
    met = button(say("Met…"), ids.LEGAL_MEET, ref, style="primary", about=clock.text)
    aside = button(say("Does not apply…"), ids.LEGAL_ASIDE, ref, about=clock.text)
    return [actions(met, aside) if clock.state is ClockState.RUNNING else actions(aside)]


def _read(domain: Domain, tx: Tx, scene: Scene) -> LegalView:
    return legal_view(domain, tx, scene.the_incident)


def _started(scene: Scene) -> Message:
    who, reason = user(scene.data["by"]), scene.data["reason"]
    first = (
        say("*{who} corrected the time of knowledge:* {why}", who=who, why=escape(reason))
        if reason
        else say("*{who} set the time of knowledge: the legal clocks run.*", who=who)
    )
    return legal_message(scene.found, first)


def _settled(scene: Scene) -> str:
    said = {
        "who": user(scene.data["by"]), "clock": escape(scene.data["clock"]), "words": escape(scene.data["words"])
    }  # fmt: skip
    match scene.data["state"]:
        case ClockState.MET if scene.data["late"]:
            return say("⚖️ {who} met *{clock}* after its time: {words}", **said)
        case ClockState.MET:
            return say("⚖️ {who} met *{clock}*: {words}", **said)
        case ClockState.NOT_APPLICABLE:
            return say("⚖️ {who} says that *{clock}* does not apply: {words}", **said)
    return say("⚖️ {who} has *{clock}* run again: {words}", **said)


def _reminded(scene: Scene) -> str:
    return f"⚖️ {sentence(scene.data['words'])}"


MESSAGES = {
    "legal.started": Template(_started, _read),
    "legal.settled": Template(_settled),
    "legal.reminded": Template(_reminded),
}
