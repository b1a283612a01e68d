"""What becomes of a card that Slack refuses: posted anew, posted elsewhere, or held until that is mended."""

import uuid
from datetime import timedelta

import structlog

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects.outgoing import text_message
from bot.incidents.places import places_of_card, places_to_tell, state_command
from bot.people import ROBOT
from bot.ports import Tx
from bot.runs.model import Card, Run
from bot.text import say
from handlers.slack.client.api import Refused
from handlers.slack.client.error_codes import Meaning

log = structlog.get_logger()

SOONEST, SLOWEST = timedelta(seconds=5), timedelta(minutes=15)
"""The first and the longest wait between two tries of a held card that does not change."""
LONG, SELDOM = timedelta(days=7), timedelta(days=1)
"""After so long it is tried only so seldom."""


def refused(domain: Domain, tx: Tx, card: Card, refusal: Refused) -> None:
    """Slack refused to post or edit the card."""
    if not unchanged(tx, card):
        return
    match refusal.meaning:
        case Meaning.GONE:
            _repost(tx, card)
        case Meaning.AWAY:
            _hold(tx, card, refusal)
        case Meaning.FINAL:
            _leave(domain, tx, card, refusal)
        case _:
            _closed(domain, tx, card, refusal)


def unchanged(tx: Tx, card: Card) -> bool:
    """Whether the card stands where it stood: a replica that was away finds that another has posted or moved it."""
    known = tx.cards.get(card.id)
    return known is not None and (known.ts, known.op_id) == (card.ts, card.op_id)


def wake_next(tx: Tx, card: Card) -> None:
    """The next card of the run that has waited for this one is posted now."""
    waiting = [each for each in tx.cards.find(run_id=card.run_id, state="live", order="id") if each.ts is None]
    for each in [each for each in waiting if each.id > card.id][:1]:
        tx.wake("card", each.id)


def _repost(tx: Tx, card: Card) -> None:
    tx.cards.save(card, ts=None, op_id=uuid.uuid4().hex, attempts=0, wanted=card.wanted + 1)
    tx.timeline.record("card.reposted", ROBOT, card.run_id, page=card.page)
    tx.wake("card", card.id)


def _closed(domain: Domain, tx: Tx, card: Card, refusal: Refused) -> None:
    if not _moved(domain, tx, card):
        _tell(domain, tx, card, refusal)
        _hold(tx, card, refusal)


def _moved(domain: Domain, tx: Tx, card: Card) -> bool:
    """Post a card that stands nowhere yet in the next place: the team's channel for deploys, else to who asked."""
    tried = card.error or ""
    places = places_of_card(domain, tx, _run(tx, card)) if card.ts is None else ()
    place = next((each for each in places if each != card.channel and each not in tried), None)
    if place is None:
        return False
    tx.cards.save(card, channel=place, ts=None, op_id=uuid.uuid4().hex, attempts=0, error=f"{tried} {card.channel}")
    tx.wake("card", card.id)
    return True


def _hold(tx: Tx, card: Card, refusal: Refused) -> None:
    """It is tried again by itself, each time after twice the time that it has been held."""
    since = card.held_since or tx.now
    wait = SELDOM if tx.now - since > LONG else min(max(tx.now - since, SOONEST), SLOWEST)
    tx.cards.save(card, error=_with(card, refusal), held_since=since, held_until=tx.now + wait)
    if card.held_since is None:
        log.warning("card.held", card=card.id, error=str(refusal))
        tx.timeline.record("card.held", ROBOT, card.run_id, page=card.page, why=str(refusal))


def _with(card: Card, refusal: Refused) -> str:
    """Why, after the places in which a card that stands nowhere was refused."""
    return str(refusal) if card.ts else f"{card.error or ''} {refusal}".strip()


def _leave(domain: Domain, tx: Tx, card: Card, refusal: Refused) -> None:
    """As it is now it can never be shown: its next change is tried again."""
    log.error("card.refused", card=card.id, error=str(refusal))
    _tell(domain, tx, card, refusal)
    tx.cards.save(card, shown=card.wanted, error=str(refusal), held_since=tx.now, held_until=None)
    wake_next(tx, card)
    tx.timeline.record("card.failed", ROBOT, card.run_id, page=card.page, why=str(refusal))


def _tell(domain: Domain, tx: Tx, card: Card, refusal: Refused) -> None:
    """Tell once where the state can be seen meanwhile: where the card does not stand, to who may know of it."""
    if card.held_since is not None:
        return
    run = _run(tx, card)
    places = [each for each in places_to_tell(domain, tx, run) if each != card.channel]
    if not places:
        return
    words = say(
        "⚠️ The card of *{title}* cannot be updated ({why}). Updates resume once that is fixed. {where}",
        title=run.title,
        why=refusal.why,
        where=state_command(tx, run),
    )
    plan_message(tx, text_message(*places, text=words.strip()), f"run:{run.id}:card", run_id=run.id)


def _run(tx: Tx, card: Card) -> Run:
    run = tx.runs.get(card.run_id)
    assert run
    return run
