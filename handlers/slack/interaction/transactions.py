"""A click is one transaction, about what the person may know of; refused, it is undone whole."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents import members
from bot.people import Actor
from bot.ports import DatabaseAway, Tx
from bot.runs.model import Run
from bot.text import say
from handlers.slack.blocks.references import IncidentRef, R, Ref, RunRef, read_as
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Reply
from handlers.slack.interaction.visibility import run_of, seen

T = TypeVar("T")

Operation = Callable[[Domain, Tx, Actor, R], T]
"""What is done about a reference."""


async def decide(context: Context, click: Click, kind: type[R], operation: Operation[R, T]) -> T | None:
    """Carry a click out (None = it was delivered before); what is refused is undone whole."""
    ref, request = read_as(kind, click.value), click.request
    return await _traced(
        context, ref, lambda: context.transactions.once(request.identity, _as_seen, request.actor, ref, operation)
    )


async def look(context: Context, click: Click, kind: type[R], draw: Operation[R, T]) -> T:
    """What a form is drawn of, for who may fill it in."""
    ref, actor = read_as(kind, click.value), click.request.actor
    drawn = await _traced(context, ref, lambda: context.transactions.look(_as_seen, actor, ref, draw))
    await join(context, actor)
    return drawn


async def join(context: Context, actor: Actor) -> None:
    """Who acts in a confidential incident's channel is in it, also when nobody told us: a form comes from nowhere."""

    def missing(tx: Tx) -> bool:
        found = tx.incidents.find(channel=actor.place, private=True, confidential=True) if actor.place else []
        return any(actor.user not in incident.members for incident in found)

    if await context.transactions.read(missing):
        await context.transactions.do(members.joined, actor.place, actor.user)


def _as_seen(domain: Domain, tx: Tx, actor: Actor, ref: R, operation: Operation[R, T]) -> T:
    return operation(domain, tx, actor, seen(domain, tx, actor, ref))


async def _traced(context: Context, ref: Ref, work: Callable[[], Awaitable[T]]) -> T:
    """Do it; a refusal knows what it is about, so that its trace stands there."""
    try:
        return await work()
    except DatabaseAway:
        raise
    except Refusal as refusal:
        refusal.about = await context.transactions.read(lambda tx: run_of(tx, ref))
        raise


def about(
    kind: type[R], operation: Operation[R, object], said: str = ""
) -> Callable[[Context, Click], Awaitable[Reply]]:
    """A click's handler: one transaction about what the button refers to; `said` is told when it was done."""

    async def handle(context: Context, click: Click) -> Reply:
        done = await decide(context, click, kind, operation)
        return Reply(say(said) if done and said else "")

    return handle


def about_run(operation: Callable[[Domain, Tx, Actor, int], object]) -> Callable[[Context, Click], Awaitable[Reply]]:
    """The same about a run, by its id."""
    return about(RunRef, lambda domain, tx, actor, ref: operation(domain, tx, actor, ref.run_id))


def about_incident(
    operation: Callable[[Domain, Tx, Actor, int], object],
) -> Callable[[Context, Click], Awaitable[Reply]]:
    """The same about an incident, by its number."""
    return about(IncidentRef, lambda domain, tx, actor, ref: operation(domain, tx, actor, ref.number))


def existing(tx: Tx, run_id: int) -> Run:
    """The run of a button; a Refusal when it is gone."""
    run = tx.runs.get(run_id)
    if run is None:
        raise Refusal(say("This run no longer exists."))
    return run
