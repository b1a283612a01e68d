"""Slack's answers, as what the worker of effects does with them."""

from bot.delivery import Deliver, Delivered, Undeliverable, Undelivered
from bot.effects import AWAY, HOURS, MENDED, MINUTES, Effect
from bot.text import say
from handlers.slack.client.api import Later, Refused, SlackError
from handlers.slack.client.error_codes import Meaning

_PATIENCE = {Meaning.AWAY: AWAY, Meaning.CLOSED: MENDED, Meaning.UNKNOWN: MINUTES}


def to_slack(deliver: Deliver) -> Deliver:
    """The deliverer, whose errors of Slack's say whether and for how long it is tried again."""

    async def sorted_(effect: Effect) -> Delivered:
        try:
            return await deliver(effect)
        except SlackError as error:
            raise outcome_of(error) from error

    return sorted_


def outcome_of(error: SlackError) -> Undelivered | Undeliverable:
    """Tried again for hours while Slack is away, for days while a place is closed; over when it can never be."""
    match error:
        case Later():
            return Undelivered(str(error), error.seconds, HOURS)
        case Refused(meaning=meaning) if meaning in _PATIENCE:
            return Undelivered(say("Slack refused: {why}", why=str(error)), None, _PATIENCE[meaning])
        case Refused():
            return Undeliverable(say("Slack refused: {why}", why=str(error)))
        case _:
            return Undelivered(str(error), None, HOURS)
