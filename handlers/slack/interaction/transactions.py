"""A click is one transaction, about what the person may know of; refused, it is undone whole."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.errors import Refusal
from bot.incidents import conduct
from bot.office import Office
from bot.people import Actor
from bot.ports import DatabaseAway, Tx
from bot.text import say
from handlers.slack.interaction.context import Door
from handlers.slack.interaction.references import IncidentRef, R, Ref, RunRef, read_as
from handlers.slack.interaction.requests import Click, Reply
from handlers.slack.interaction.visibility import run_of, seen

T = TypeVar("T")

Deed = Callable[[Office, Tx, Actor, R], T]
"""What is done about a reference."""


async def decide(door: Door, click: Click, kind: type[R], deed: Deed[R, T]) -> T | None:
    """Carry a click out (None = it was delivered before); what is refused is undone whole."""
    ref, order = read_as(kind, click.value), click.order
    return await _traced(door, ref, lambda: door.desk.once(order.identity, _as_seen, order.actor, ref, deed))


async def look(door: Door, click: Click, kind: type[R], draw: Deed[R, T]) -> T:
    """What a form is drawn of, for who may fill it in."""
    ref, actor = read_as(kind, click.value), click.order.actor
    drawn = await _traced(door, ref, lambda: door.desk.look(_as_seen, actor, ref, draw))
    await join(door, actor)
    return drawn


async def join(door: Door, actor: Actor) -> None:
    """Who acts in a confidential incident's channel is in it, also when nobody told us: a form comes from nowhere."""

    def missing(tx: Tx) -> bool:
        found = tx.incidents.find(channel=actor.place, private=True, confidential=True) if actor.place else []
        return any(actor.user not in incident.members for incident in found)

    if await door.desk.read(missing):
        await door.desk.do(conduct.joined, actor.place, actor.user)


def _as_seen(office: Office, tx: Tx, actor: Actor, ref: R, deed: Deed[R, T]) -> T:
    return deed(office, tx, actor, seen(office, tx, actor, ref))


async def _traced(door: Door, ref: Ref, work: Callable[[], Awaitable[T]]) -> T:
    """Do it; a refusal knows what it is about, so that its trace stands there."""
    try:
        return await work()
    except DatabaseAway:
        raise
    except Refusal as refusal:
        refusal.about = await door.desk.read(lambda tx: run_of(tx, ref))
        raise


def about(kind: type[R], deed: Deed[R, object], said: str = "") -> Callable[[Door, Click], Awaitable[Reply]]:
    """A click's handler: one transaction about what the button refers to; `said` is told when it was done."""

    async def handle(door: Door, click: Click) -> Reply:
        done = await decide(door, click, kind, deed)
        return Reply(say(said) if done and said else "")

    return handle


def about_run(deed: Callable[[Office, Tx, Actor, int], object]) -> Callable[[Door, Click], Awaitable[Reply]]:
    """The same about a run, by its id."""
    return about(RunRef, lambda office, tx, actor, ref: deed(office, tx, actor, ref.run_id))


def about_incident(deed: Callable[[Office, Tx, Actor, int], object]) -> Callable[[Door, Click], Awaitable[Reply]]:
    """The same about an incident, by its number."""
    return about(IncidentRef, lambda office, tx, actor, ref: deed(office, tx, actor, ref.number))
