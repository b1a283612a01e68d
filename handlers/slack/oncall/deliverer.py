"""Delivers the questions of a contact check: each once, and whoever cannot be asked is written down with why."""

from bot.delivery import Deliver, Delivered
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.oncall.checking import asked
from bot.oncall.model import CheckRef, ContactCheck
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Message, actions, button, section, user, when
from handlers.slack.client.api import Refused
from handlers.slack.client.error_codes import Meaning, person_words
from handlers.slack.messaging.directory import Directory
from handlers.slack.messaging.poster import Poster


def contact_deliverer(transactions: Transactions, poster: Poster, directory: Directory) -> Deliver:
    """The deliverer of `contact.check`."""

    async def deliver(effect: Effect) -> Delivered:
        number = effect.payload["check"]
        check = await transactions.read(lambda tx: tx.rows(ContactCheck).get(number))
        if check is None or not check.open:
            return Delivered()
        why = await _ask(poster, directory, effect, check)
        return Delivered(then=lambda domain, tx: asked(domain, tx, number, why))

    return deliver


async def _ask(poster: Poster, directory: Directory, effect: Effect, check: ContactCheck) -> str:
    """Ask the person; why they could not be (empty = they were)."""
    (found,) = await directory.find([check.person], effect.priority)
    if found.why or not found.user:
        return found.why
    gone = await directory.looked_up([found.user], effect.priority)
    if why := gone.get(found.user):
        return why
    try:
        await poster.once(effect, found.user, question(check))
    except Refused as refusal:
        if refusal.meaning is not Meaning.PERSON:
            raise
        return person_words(refusal.code)
    return ""


def question(check: ContactCheck) -> Message:
    """The message with its button."""
    words = say("👋 {who} checks that everybody can be reached in an incident. Press the button by {time}.",
                who=user(check.by), time=when(check.due_at, "{date_short_pretty} {time}"))  # fmt: skip
    return Message(words, [section(words), actions(button(say("I got this"), ids.ONCALL_ANSWER, CheckRef(check.id)))])
