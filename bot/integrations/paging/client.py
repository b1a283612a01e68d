"""Waking people: one message to each of their addresses (telephone, SMS, push, mail …) through apprise.

Each is sent in a thread of its own that nothing waits for: a service that does not answer holds up neither other people
nor the end of the process.
"""

import asyncio
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.machine.threads import aside
from bot.masking import SHORTEST, Masker
from bot.text import say
from bot.text.legible import legible, one_line

# A vendor that does not answer must not hold up what follows; apprise itself gives up on a connection after 4 s.
TIMEOUT_S = 30.0
DIRECT = ("pagerduty", "twilio")
"""Schemes that are called without apprise."""
_LONGEST_REASON = 200
_WARNINGS = ("WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True)
class PageOutcome:
    """What became of one address. Only its scheme is told: the rest of such an address is a password.

    `unsure`: it is not known whether it was sent, so that sending it again may wake somebody twice.
    """

    url_scheme: str
    ok: bool
    reason: str | None = None
    unsure: bool = False


async def page(urls: Sequence[str], title: str, body: str, *, timeout_s: float = TIMEOUT_S) -> list[PageOutcome]:
    """Sends to every address at once; the outcomes stand in the order of the addresses. Never raises for an address."""
    subject, words = one_line(title), legible(body)
    return list(await asyncio.gather(*(_page_one(url, subject, words, timeout_s) for url in urls)))


async def _page_one(url: str, title: str, body: str, timeout_s: float) -> PageOutcome:
    try:
        return await asyncio.wait_for(aside(partial(_send, url, title, body), patience=0), timeout_s)
    except TimeoutError:
        why = say("no answer within {seconds:g} s; it may have been sent", seconds=timeout_s)
        return PageOutcome(scheme_of(url), False, why, unsure=True)


def scheme_of(url: str) -> str:
    """What kind of address it is: `twilio`, `mailto`, …"""
    match = re.match(r"([A-Za-z][A-Za-z0-9+.\-]{0,30})://", url)
    return match.group(1).lower() if match else "?"


def _send(url: str, title: str, body: str) -> PageOutcome:
    _keep_to_ourselves()
    # Importing apprise takes longer than the bot may take to start.
    import apprise

    scheme, masker = scheme_of(url), Masker(_parts_of(url))
    service = apprise.Apprise.instantiate(url, asset=apprise.AppriseAsset(app_id="NeonOps"))
    if service is None:
        return PageOutcome(scheme, False, say("this is not an address that can be paged"))
    _obey(service)
    result = apprise.Apprise(service, log_level=logging.DEBUG).notify(body=body, title=title)
    if result:
        return PageOutcome(scheme, True)
    said = list(result.logs())
    warned = [each.message for each in said if each.level in _WARNINGS]
    reason = masker.mask("; ".join(warned))[:_LONGEST_REASON] or say("the service did not take it")
    return PageOutcome(scheme, False, reason, unsure=may_have_been_sent(each.message for each in said))


def is_callable(url: str) -> bool:
    """Whether apprise knows how to call this address; PagerDuty's and Twilio's own forms are others' matter."""
    _keep_to_ourselves()
    import apprise

    return scheme_of(url) in DIRECT or apprise.Apprise.instantiate(url) is not None


def _obey(service: Any) -> None:
    """What an address may not ask for.

    A redirect is followed as a GET that loses the message and still counts as sent; tries of its own may send twice;
    of an optional one a failure counts as sent.
    """
    service.redirects, service.retry, service.optional = False, 0, False


def may_have_been_sent(said: Iterable[str]) -> bool:
    """Whether what apprise logged leaves open that the service took the message before the connection ended."""
    words = " ".join(said).lower()
    broke_off = _BROKE_OFF.search(words)
    return bool(broke_off) and not _NOT_CONNECTED.search(words)


def _parts_of(url: str) -> Iterator[str]:
    yield url
    yield from (part for part in re.split(r"[/:@?&=,]+", url.partition("://")[2]) if len(part) >= SHORTEST)


_BROKE_OFF = re.compile(
    r"read timed out|timed out|connection aborted|remote end closed|remotedisconnected|connection reset|broken pipe"
    r"|incomplete ?read|error[ =]50[24]"
)
"""How a connection ends on which a message may have arrived; a gateway may have lost the service's own answer."""
_NOT_CONNECTED = re.compile(
    r"failed to establish|failed to resolve|name or service not known|connect timeout|connection to .* timed out"
    r"|connecttimeout|connection refused|certificate verify failed|no route to host|network is unreachable"
)


def _keep_to_ourselves() -> None:
    """Both log addresses, urllib3 at DEBUG: nothing of theirs goes to the process's own log."""
    for name in ("apprise", "urllib3"):
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            # Without any handler, logging would print warnings to stderr.
            logger.addHandler(logging.NullHandler())
    logging.getLogger("apprise").setLevel(logging.DEBUG)
