"""`/incident update`, `subscribe` and `unsubscribe`."""

from functools import partial

from bot.incidents import look
from bot.text import listing, say
from bot.updates.hearing import ALL, subscribe, subscriptions
from bot.updates.model import Audience, Wording
from bot.updates.send import send, status_of
from handlers.slack.area import Topic
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Reply, Request
from handlers.slack.parsing.text import first_word
from handlers.slack.updates.forms import first_form, hidden_words, writing


async def update(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    """Send an update to the team, how far it is being that of the last one; without a text, the form."""
    found = await context.transactions.look(look.meant, request.actor, number, request.channel)
    if not rest.strip():
        return Reply(modal=first_form(await context.transactions.look(writing, request.actor, found.id)))
    status = await context.transactions.read(lambda tx: status_of(tx, found))
    wording = Wording(Audience.INSIDE, status, {"en": context.mask(rest)})
    made = await context.transactions.once(request.identity, send, request.actor, found.id, wording)
    if made is None:
        return Reply()
    sent = say("📣 The update of incident {id} was sent ({status}).", id=found.id, status=status.value)
    return Reply(sent + hidden_words({"en": rest}, made.texts))


async def hear(active: bool, context: Context, request: Request, number: int | None, rest: str) -> Reply:
    """Tell somebody of incidents, of all or of those of one service, or not any more."""
    service, _ = first_word(rest)
    await context.transactions.once(request.identity, subscribe, request.actor, service, active=active)
    now = await context.transactions.read(lambda tx: subscriptions(tx, request.actor.user))
    if not now:
        return Reply(say("🔕 You are told of no incident by direct message."))
    named = [say("all services") if each == ALL else each for each in now]
    return Reply(say("🔔 You are told of incidents by direct message: {services}.", services=listing(named, most=20)))


TOPICS = (
    Topic(
        "update",
        update,
        (
            ("update", "write a status update, for the team or for customers"),
            ("update <text>", "send a status update to the team and to subscribers at once"),
        ),
    ),
    Topic(
        "subscribe",
        partial(hear, True),
        (("subscribe [service]", "be told of incidents by direct message: of all, or of those of a service"),),
    ),
    Topic(
        "unsubscribe",
        partial(hear, False),
        (("unsubscribe [service]", "not be told of them any more"),),
    ),
)
