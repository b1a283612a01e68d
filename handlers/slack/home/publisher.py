"""Publishes the app's Home: when somebody looks at it, and when it must not show any more what it shows."""

from bot.delivery import Deliver, Delivered
from bot.domain import Domain
from bot.effects import Effect
from bot.errors import Refusal
from bot.ports import Tx
from bot.text.values import in_language
from handlers.slack.blocks.elements import Block, section, sentences
from handlers.slack.home.view import home
from handlers.slack.interaction.context import Context


async def publish(context: Context, user: str) -> None:
    """Draw the Home of a person as it is now; raises SlackError."""
    with in_language(context.people.language(user)):
        await context.slack.call("views.publish", user_id=user, view=await _view(context, user))


async def _view(context: Context, user: str) -> Block:
    """What the person may see; for who may use nothing, the reason."""
    try:
        actor = context.people.known(user, None) or await context.people.meet(user)
        return await home(context, actor)
    except Refusal as refusal:
        return {"type": "home", "blocks": [section(sentences(refusal.sentence))]}


async def looked_at(context: Context, user: str) -> None:
    """Remember who looks, so that their Home is drawn anew; who was never looked up is."""
    if not await context.transactions.read(lambda tx: tx.members.get(user)):
        await context.people.ask(user)
    await context.transactions.do(_remember, user)


def _remember(domain: Domain, tx: Tx, user: str) -> None:
    member = tx.members.get(user)
    if member and not member.home:
        tx.members.save(member, home=True)


def home_deliverer(context: Context) -> Deliver:
    """The deliverer of `home`."""

    async def deliver(effect: Effect) -> Delivered:
        await publish(context, effect.payload["user"])
        return Delivered()

    return deliver
