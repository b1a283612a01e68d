"""Calls an address through the service that its scheme names: PagerDuty and Twilio directly, the others by apprise."""

from collections.abc import Awaitable, Callable, Sequence

from bot.errors import Ambiguous, Refusal, Rejected
from bot.integrations.pagerduty.client import PagerDuty
from bot.integrations.pagerduty.model import routing_key_of
from bot.integrations.paging.client import PageOutcome, page
from bot.integrations.twilio import twiml
from bot.integrations.twilio.client import Twilio
from bot.integrations.twilio.model import Number, number_of
from bot.paging.notices import PAGERDUTY, TWILIO, Notice
from bot.text import say
from bot.text.values import in_language
from bot.tools import Tools

Others = Callable[[Sequence[str], str, str], Awaitable[list[PageOutcome]]]


class PagerServices:
    """`public_url` is where the web port is reached from outside; empty = nothing can answer there."""

    def __init__(self, tools: Tools, public_url: str = "", others: Others = page) -> None:
        self._tools, self._public_url, self._others = tools, public_url.rstrip("/"), others

    async def __call__(self, notice: Notice) -> PageOutcome:
        """Call one address; never raises for what the service does."""
        with in_language(notice.locale):
            number = number_of(notice.address) if notice.call.scheme == TWILIO else None
            if notice.call.scheme == PAGERDUTY:
                return await _tried(PAGERDUTY, self._event(notice))
            if number:
                return await _tried(TWILIO, self._telephone(notice, number))
            (outcome,) = await self._others([notice.address], _subject(), self._text(notice))
            return outcome

    def _event(self, notice: Notice) -> Awaitable[None]:
        client = self._tools.client(PagerDuty)
        return client.trigger(routing_key_of(notice.address), notice.call.key, f"{_subject()}. {notice.words}")

    def _telephone(self, notice: Notice, number: Number) -> Awaitable[None]:
        twilio, status = self._tools.client(Twilio), self._webhook("status", notice)
        if not number.voice:
            return twilio.message(number, f"{_subject()}. {self._text(notice)}", status)
        digit = self._webhook("digit", notice) if notice.token else ""
        return twilio.call(number, twiml.question(f"{_subject()}. {notice.words}.", notice.locale, digit), status)

    def _webhook(self, what: str, notice: Notice) -> str:
        return f"{self._public_url}/webhooks/twilio/{what}?call={notice.call.id}" if self._public_url else ""

    def _text(self, notice: Notice) -> str:
        """What a person reads who can open a link."""
        if not notice.token:
            return notice.words
        if not self._public_url:
            return f"{notice.words}\n{say('To acknowledge, press the button in Slack.')}"
        link = f"{self._public_url}/ack/{notice.token}"
        return f"{notice.words}\n{say('Acknowledge: {link}', link=link)}"


def _subject() -> str:
    return say("NeonOps: you are needed")


async def _tried(scheme: str, work: Awaitable[None]) -> PageOutcome:
    try:
        await work
    except Ambiguous as error:
        return PageOutcome(scheme, False, error.reason, unsure=True)
    except Rejected as error:
        # A service's own words may repeat the number.
        return PageOutcome(scheme, False, say("it was refused (error {code})", code=error.code))
    except Refusal as refusal:
        return PageOutcome(scheme, False, refusal.sentence)
    return PageOutcome(scheme, True)
