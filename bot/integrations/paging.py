"""Waking people: one message to each of their addresses (telephone, SMS, push, mail …) through apprise."""

import asyncio
import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from bot.masking import SHORTEST, Masker

# A vendor that does not answer must not hold up what follows; apprise itself gives up on a connection after 4 s.
TIMEOUT_S = 30.0
_LONGEST_REASON = 200


@dataclass(frozen=True)
class PageOutcome:
    """What became of one address. Only its scheme is told: the rest of such an address is a password."""

    url_scheme: str
    ok: bool
    reason: str | None = None


async def page(urls: Sequence[str], title: str, body: str, *, timeout_s: float = TIMEOUT_S) -> list[PageOutcome]:
    """Sends to every address at once; the outcomes stand in the order of the addresses. Never raises for an address."""
    return list(await asyncio.gather(*(_page_one(url, title, body, timeout_s) for url in urls)))


async def _page_one(url: str, title: str, body: str, timeout_s: float) -> PageOutcome:
    sending = asyncio.to_thread(partial(_send, url, title, body))
    try:
        return await asyncio.wait_for(sending, timeout_s)
    except TimeoutError:
        return PageOutcome(scheme_of(url), False, f"no answer within {timeout_s:g} s; it may have been sent")


def scheme_of(url: str) -> str:
    """What kind of address it is: `twilio`, `mailto`, …"""
    match = re.match(r"([A-Za-z][A-Za-z0-9+.\-]{0,30})://", url)
    return match.group(1).lower() if match else "?"


def _send(url: str, title: str, body: str) -> PageOutcome:
    _keep_to_ourselves()
    # Importing apprise takes longer than the bot may take to start.
    import apprise

    scheme, masker = scheme_of(url), Masker(_parts_of(url))
    with _heard() as said:
        service = apprise.Apprise.instantiate(url, asset=apprise.AppriseAsset(app_id="NeonOps"))
        if service is None:
            return PageOutcome(scheme, False, "this is not an address that can be paged")
        try:
            sent = bool(service.notify(body=body, title=title))
        except TypeError:
            # apprise's own way to say that a message cannot be sent as it is (empty, for example).
            sent = False
    reason = masker.mask("; ".join(said))[:_LONGEST_REASON] or "the service did not take it"
    return PageOutcome(scheme, sent, None if sent else reason)


def _parts_of(url: str) -> Iterator[str]:
    yield url
    yield from (part for part in re.split(r"[/:@?&=,]+", url.partition("://")[2]) if len(part) >= SHORTEST)


class _Listener(logging.Handler):
    """What apprise logs in this thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.said.append(record.getMessage())


def _keep_to_ourselves() -> None:
    """Both log addresses, urllib3 at DEBUG: nothing of theirs goes to the process's own log."""
    for name in ("apprise", "urllib3"):
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            # Without any handler, logging would print warnings to stderr.
            logger.addHandler(logging.NullHandler())


@contextmanager
def _heard() -> Iterator[list[str]]:
    logger, listener = logging.getLogger("apprise"), _Listener()
    logger.addHandler(listener)
    try:
        yield listener.said
    finally:
        logger.removeHandler(listener)
