"""The bot as a process: it runs until a signal ends it."""

import asyncio
import gc
import os
import signal
from contextlib import suppress

import structlog

from bot.app import App
from bot.errors import Refusal
from bot.integrations.http.proxies import named, read_proxies
from bot.legal.calendar import business_days
from bot.settings import Settings, environment
from handlers.slack.client.connect import checked_token

log = structlog.get_logger()


async def _started(app: App, stop: asyncio.Event) -> bool:
    """Start; False when it was broken off because `stop` was asked for: Slack or the database may be away for long."""
    starting, stopping = asyncio.create_task(app.start()), asyncio.create_task(stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if starting.done():
        await starting
        return True
    log.info("stopping")
    starting.cancel()
    with suppress(asyncio.CancelledError, Refusal):
        await starting
    return False


async def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; 0, or 1 when the connection to Slack could not be kept.

    Raises:
        Refusal: it cannot start; why Slack cannot be reached is said before anything is made.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    environ = environment()
    checked_token(settings)
    read_proxies(environ)
    app = App(settings, environ=environ)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, app.reloads.soon)
    # The library that pages knows the process's own environment only.
    os.environ.update(named(environ))
    if not await _started(app, stop):
        return 0
    if law := app.transactions.domain.runbook.legal:
        # The library of holidays takes a while to load: nobody waits for it in a form.
        await asyncio.to_thread(business_days, law.calendar)
    # What was imported lives for ever: looking through it again and again would hold up acks in a burst.
    gc.collect()
    gc.freeze()
    waits = [asyncio.create_task(stop.wait())]
    if app.socket:
        waits.append(asyncio.create_task(app.socket.dead.wait()))
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    await app.stop()
    return 0 if stop.is_set() else 1
