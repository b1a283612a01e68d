"""Joins everything: `build(settings)` gives an App that starts and stops."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from math import nan

import structlog

from bot.app.deliverers import area_deliverers
from bot.app.sweeping import sweep_forever
from bot.app.waker import open_waker
from bot.app.web import Web
from bot.backups.files import BackupFiles
from bot.delivery import Delivery, mended
from bot.deploys.approval.approve import judge_again
from bot.deploys.history.dora import time_to_acknowledge
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.duties.schedule import schedule
from bot.duties.ticks import Ticks
from bot.duties.timers import Timers
from bot.errors import Refusal
from bot.machine.clock import Clock, SystemClock
from bot.machine.threads import aside
from bot.people.presence import Presence
from bot.power.changes import take_stock
from bot.runs.checkouts.worktrees import WorkTrees
from bot.runs.engine.driver import Engine
from bot.settings import Settings, environment
from bot.startup.isolation import find_isolation
from bot.startup.logs import set_up_logs
from bot.startup.opening import masker_of, open_domain, open_tools
from bot.startup.preparation import close_data, exposed, tell_isolation
from bot.startup.readiness import Readiness
from bot.startup.reading import Files, archive
from bot.startup.reloading import Alive, Reloads
from bot.text.legible import storable
from bot.text.values import Reader, reading
from handlers import metrics
from handlers.slack.bolt import build_bolt
from handlers.slack.cards.publisher import Cards
from handlers.slack.client.connect import Connection, meet_slack
from handlers.slack.client.socket import Socket
from handlers.slack.deliverers import slack_deliverers
from handlers.slack.drawing import draw
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.people import People
from handlers.slack.interaction.refusal_log import RefusalLog
from handlers.slack.listeners import Listeners
from handlers.slack.messaging.responder import Responder
from handlers.slack.warm_up import warm_up_first
from storage.database import SqlDatabase
from storage.migrate import upgrade

log = structlog.get_logger()


class App:
    """The bot. `start` returns when Slack can reach it; `stop` drains and loses nothing.

    `warms_up`: whether what is asked for first is done once at start: the first command is as fast as the tenth then.
    """

    warms_up = True

    def __init__(
        self, settings: Settings, clock: Clock | None = None, environ: Mapping[str, str] | None = None
    ) -> None:
        self.settings, self.clock = settings, clock or SystemClock()
        environ = environment() if environ is None else environ
        isolation = find_isolation(settings.builds)
        domain = replace(open_domain(settings, environ), open_to_commands=isolation.why_not)
        masker = masker_of(settings, domain.runbook, environ)
        set_up_logs(masker)
        for remark in domain.remarks:
            log.warning("file.remark", what=remark)
        self.database = SqlDatabase(settings.database, self.clock, lambda text: storable(masker.mask(text)))
        self.transactions = Transactions(domain, self.database)
        self.waker = open_waker(settings, self.database)
        self._lease = self.waker if settings.cluster else None
        self.tools = open_tools(settings, masker, self.clock, environ, isolation, self._lease)
        self.files = Files(self.transactions, settings, environ, masker)
        self._readiness = Readiness(self.database.prove, settings.data_dir)
        self.presence = Presence()
        self.engine = Engine(self.transactions, self.tools, settings.data_dir, self.presence)
        self.timers = Timers(self.transactions, self.clock)
        self.ticks = Ticks(self.transactions, self.clock, schedule(domain))
        self.backups = BackupFiles(self.transactions, settings.data_dir, self.clock)
        self.worktrees = WorkTrees(self.transactions, self.tools, settings.data_dir)
        self._connection: Connection | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._alive = Alive(settings.data_dir)
        self._reading = asyncio.Lock()
        """Held while the files are read, and until the bot has started."""
        self.reloads = Reloads(settings.data_dir, self.reload)
        self._web = Web(settings, self.transactions, self.clock, self.tools)
        self.socket: Socket | None = None

    @property
    def domain(self) -> Domain:
        """The runbook and the team in force."""
        return self.transactions.domain

    async def start(self) -> None:
        """Bring the database up to date, meet Slack, connect, and take up what was left.

        Raises:
            Refusal: one sentence about what is missing or wrong.
        """
        try:
            # Whatever is started here says its texts to the team, unless it knows for whom it speaks.
            with reading(Reader(self.settings.language)):
                async with self._reading:
                    await self._start()
        except BaseException:
            await self._close()
            raise
        log.info("started", runbook=self.domain.loaded.version, database=self.database.kind)
        tell_isolation(self.tools.isolation, self.domain.runbook, exposed(self.settings, self.domain.env))

    async def _start(self) -> None:
        await asyncio.to_thread(close_data, self.settings)
        await aside(partial(upgrade, self.settings.database))
        await self.transactions.do(archive)
        await self.transactions.do(judge_again)
        await self.transactions.do(mended)
        self._connection = await self._meet()
        self._join(self._connection)
        await self.waker.start()
        await self._web.start(self.bolt, self.ready, self.measure)
        self.timers.start()
        await self.transactions.do(take_stock)
        await self._connect()
        await asyncio.to_thread(self._alive.begin)
        self._tasks = [
            asyncio.create_task(self._sweep_forever(), name="sweeper"),
            asyncio.create_task(self.people.warm(), name="people"),
        ]

    async def _meet(self) -> Connection:
        """Meet Slack, while the warm-up runs; it ends before the start does, however that ends."""
        mask = self.tools.masker.mask_value
        work = warm_up_first(self.transactions, mask) if self.warms_up else asyncio.sleep(0)
        warming = asyncio.create_task(work, name="warm-up")
        try:
            return await meet_slack(self.settings, mask, self._lease, self.tools.proxies)
        except BaseException:
            warming.cancel()
            raise
        finally:
            await asyncio.gather(warming, return_exceptions=True)

    async def reload(self) -> str:
        """Read the team file and the runbook anew; what is in force then, in words.

        Raises:
            Refusal: a file is wrong, or nothing can be written down; all is as it was.
        """
        async with self._reading:
            words = await self.files.read_anew()
        self._tasks.append(asyncio.create_task(self.people.warm(), name="people"))
        return words

    def _join(self, to: Connection) -> None:
        self.people = People(self.transactions, to.slack)
        self.presence.ask, to.slack.on_refused = self.people.ask, self.people.refused
        self.cards = Cards(self.transactions, to.slack, draw)
        self.refusals = RefusalLog(self.transactions, self.clock)
        context = Context(
            self.transactions, to.slack, self.people, self.tools.masker.mask, self.refusals, self.settings.doors_url
        )
        responder = Responder(to.slack, to.session, self.tools.proxies)
        slack = slack_deliverers(context, self.cards, self.tools, responder, self.settings.data_dir)
        areas = area_deliverers(self.transactions, self.tools, self.presence, self._lease, self.settings.doors_url)
        self.delivery = Delivery(self.transactions, {**slack, **areas})
        self._listen()
        given = self.settings.slack_signing_secret
        self.listeners, secret = Listeners(context, responder), given.get_secret_value() if given else None
        self.bolt = build_bolt(to.client, self.listeners, secret, to.bot, self.people.language)

    def _listen(self) -> None:
        """Have what a commit names looked at."""
        for part in (self.engine, self.delivery, self.cards, self.people, self._web):
            part.join(self.waker)
        self.waker.tell("timers", lambda _: self.timers.soon())
        self.waker.tell("files", lambda _: None if self._reading.locked() else self.reloads.follow())
        self.database.on_commit(self.waker.hear)

    async def _connect(self) -> None:
        await self.people.load()
        if self.settings.slack_app_token is not None:
            self.socket = Socket(self.bolt, self.settings.slack_app_token.get_secret_value(), self.tools.proxies)
            await self.socket.start()

    async def ready(self) -> dict[str, bool]:
        """What `/readyz` says: whether Slack can reach us and takes our token, and what we keep can be written."""
        connected = self.socket is None or await self.socket.connected()
        assert self._connection
        slack = {"slack": connected and await self._connection.slack.token_works()}
        return {**slack, **await self._readiness.look()}

    async def measure(self) -> None:
        """Bring the gauges up to date."""
        count, oldest = await self.database.read(lambda tx: tx.effects.waiting())
        metrics.EFFECTS_WAITING.set(count)
        metrics.OLDEST_EFFECT.set((self.clock.now() - oldest).total_seconds() if oldest else 0)
        taken = await self.transactions.look(time_to_acknowledge)
        metrics.ACKNOWLEDGE.set(taken.total_seconds() if taken else nan)
        metrics.RUNS_DRIVEN.set(self.engine.busy)

    async def _sweep_forever(self) -> None:
        await sweep_forever(
            self.engine.sweep, self.delivery.sweep, self.cards.sweep, self.timers.wake, self.ticks.sweep,
            self.worktrees.sweep, self.backups.sweep, self.refusals.sweep, self._web.sweep,
        )  # fmt: skip

    async def stop(self) -> None:
        """Stop taking deliveries, let what is under way end, and close everything. What is left is in the database."""
        log.info("stopping")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.timers.stop()
        if self.socket:
            await self.socket.stop()
        await self.waker.rest()
        await self.engine.stop()
        await self.delivery.stop()
        await self.cards.stop()
        with suppress(Refusal):
            await self.refusals.sweep()
        await self._close()
        log.info("stopped")

    async def _close(self) -> None:
        self.timers.stop()
        self._alive.end()
        await self.waker.stop()
        await self._web.stop()
        if self._connection:
            await self.people.stop()
            await self._connection.session.close()
        await self.tools.http.aclose()
        await asyncio.to_thread(self.database.close)
