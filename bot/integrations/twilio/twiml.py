"""What is said on the telephone, as TwiML (https://www.twilio.com/docs/voice/twiml)."""

from xml.sax.saxutils import escape, quoteattr

from bot.text import say

TIMES = 2
"""How often the question is put before the call ends."""
SECONDS = 8
"""How long a digit is waited for."""
_SPOKEN = {"pt": "pt-BR"}


def question(words: str, locale: str, action: str) -> str:
    """Say what happened and wait for a digit; without an `action` (no public address) only say it."""
    if not action:
        return _response(_say(f"{words} {say('Open Slack to acknowledge.')}", locale) * TIMES)
    asked = _say(f"{words} {say('Press any digit to acknowledge.')}", locale)
    gather = f'<Gather input="dtmf" numDigits="1" timeout="{SECONDS}" action={quoteattr(action)}>{asked}</Gather>'
    return _response(gather * TIMES + _say(say("No digit was pressed. Goodbye."), locale))


def answer(words: str, locale: str) -> str:
    """Say this and hang up."""
    return _response(_say(words, locale) + "<Hangup/>")


def _say(words: str, locale: str) -> str:
    return f'<Say language="{_SPOKEN.get(locale[:2], "en-US")}">{escape(words)}</Say>'


def _response(inner: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inner}</Response>'
