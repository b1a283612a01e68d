"""Publishes the app's Home: when somebody looks at it, and when it must not show any more what it shows."""

from bot.delivery import Deliver, Delivered
from bot.effects import Effect
from bot.errors import Refusal
from bot.office import Office
from bot.ports import Tx
from handlers.slack.blocks.elements import Block, section, sentences
from handlers.slack.home.view import home
from handlers.slack.interaction.context import Door


async def publish(door: Door, user: str) -> None:
    """Draw the Home of a person as it is now; raises SlackError."""
    await door.slack.call("views.publish", user_id=user, view=await _view(door, user))


async def _view(door: Door, user: str) -> Block:
    """What the person may see; for who may use nothing, the reason."""
    try:
        actor = door.people.known(user, None) or await door.people.meet(user)
        return await home(door, actor)
    except Refusal as refusal:
        return {"type": "home", "blocks": [section(sentences(refusal.sentence))]}


async def looked_at(door: Door, user: str) -> None:
    """Remember who looks, so that their Home is drawn anew; who was never looked up is."""
    if not await door.desk.read(lambda tx: tx.members.get(user)):
        await door.people.ask(user)
    await door.desk.do(_remember, user)


def _remember(office: Office, tx: Tx, user: str) -> None:
    member = tx.members.get(user)
    if member and not member.home:
        tx.members.save(member, home=True)


def home_deliverer(door: Door) -> Deliver:
    """The deliverer of `home`."""

    async def deliver(effect: Effect) -> Delivered:
        await publish(door, effect.payload["user"])
        return Delivered()

    return deliver
