"""Joins everything: `build(settings)` gives an App that starts and stops."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx
import structlog
import uvicorn
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock, SystemClock
from bot.delivery import Deliver, Delivered, Delivery, Undeliverable
from bot.deploys.after import ended_deliverer
from bot.deploys.outside import deploy_deliverers
from bot.desk import Desk
from bot.duties.timers import Timers
from bot.effects import Effect
from bot.errors import Refusal
from bot.incidents.declare import without_channel
from bot.integrations.http import open_client
from bot.integrations.paging import page
from bot.integrations.statuspage import StatusCache
from bot.integrations.supabase import Supabase
from bot.integrations.vercel import Vercel
from bot.logs import set_up_logs
from bot.masking import Masker
from bot.office import Office
from bot.people import load_team
from bot.ports import Tx, Wake
from bot.runbook.load import bundled_path, load
from bot.runbook.model import Runbook
from bot.runbook.steps import ShellStep
from bot.runs.engine import Engine
from bot.settings import Settings
from bot.text import say
from bot.tools import Tools
from handlers import metrics
from handlers.slack.api import Refused, Slack, SlackError
from handlers.slack.bolt import Listeners, build_bolt
from handlers.slack.budgets import Budgets
from handlers.slack.cards import Cards
from handlers.slack.deliver import SlackDeliverers
from handlers.slack.door import Door
from handlers.slack.health_look import health_deliverer
from handlers.slack.meet import meet_deliverer
from handlers.slack.people import People
from handlers.slack.respond import Responder
from handlers.slack.socket import Socket
from handlers.web import web_app
from storage.database import SqlDatabase
from storage.migrate import upgrade

log = structlog.get_logger()

SWEEP_EVERY = 5.0
"""Seconds between two sweeps for what a crash or a lost wake left."""
OFFLINE = {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"}


def masker_of(settings: Settings, runbook: Runbook, environ: Mapping[str, str]) -> Masker:
    """Knows every secret: the settings', and what shell steps are given from the environment."""
    names = {name for p in runbook.procedures for _, step in p.steps() for name in _secret_names(step)}
    return Masker([*settings.secrets(), *(environ[name] for name in names if environ.get(name))])


def _secret_names(step: Any) -> tuple[str, ...]:
    if not isinstance(step, ShellStep):
        return ()
    return (*step.env, step.postgres) if step.postgres else step.env


def open_tools(settings: Settings, masker: Masker, clock: Clock, environ: Mapping[str, str]) -> Tools:
    """The tools that the settings make possible."""
    client = open_client()
    return Tools(
        client,
        clock,
        masker,
        StatusCache(client),
        vercel_client=_vercel(settings, client),
        supabase=_supabase(settings, client),
        database_url=settings.neonpro_database_url.get_secret_value() if settings.neonpro_database_url else None,
        workdir=settings.workdir.resolve() if settings.workdir else None,
        environment=dict(environ),
    )


def _vercel(settings: Settings, client: httpx.AsyncClient) -> Vercel | None:
    if settings.vercel_token is None:
        return None
    token = settings.vercel_token.get_secret_value()
    return Vercel(client, base_url=settings.vercel_api_url, token=token, team_id=settings.vercel_team_id)


def _supabase(settings: Settings, client: httpx.AsyncClient) -> Supabase | None:
    if settings.supabase_access_token is None or settings.supabase_project_ref is None:
        return None
    token = settings.supabase_access_token.get_secret_value()
    return Supabase(client, base_url=settings.supabase_api_url, token=token, project_ref=settings.supabase_project_ref)


def open_office(settings: Settings, environ: Mapping[str, str]) -> Office:
    """The runbook and the team; a Refusal says what is wrong with them."""
    loaded = load(settings.runbook or bundled_path(), environ)
    return Office(loaded, load_team(settings.team), settings.zone, environ)


@dataclass
class Doors:
    """What the app talks to Slack with."""

    session: aiohttp.ClientSession
    slack: Slack
    client: AsyncWebClient


class App:
    """The bot. `start` returns when Slack can reach it; `stop` drains and loses nothing."""

    def __init__(self, settings: Settings, clock: Clock | None = None, environ: Mapping[str, str] = os.environ) -> None:
        self.settings, self.clock = settings, clock or SystemClock()
        self.office = open_office(settings, environ)
        masker = masker_of(settings, self.office.runbook, environ)
        set_up_logs(masker)
        self.database = SqlDatabase(settings.database, self.clock, masker.mask)
        self.desk = Desk(self.office, self.database)
        self.tools = open_tools(settings, masker, self.clock, environ)
        self.engine = Engine(self.desk, self.tools, settings.data_dir)
        self.timers = Timers(self.desk, self.clock)
        self._web: tuple[uvicorn.Server, asyncio.Task[None]] | None = None
        self.socket: Socket | None = None

    async def start(self) -> None:
        """Bring the database up to date, meet Slack, connect, and take up what was left.

        Raises:
            Refusal: one sentence about what is missing or wrong.
        """
        await asyncio.to_thread(upgrade, self.settings.database)
        await self.database.write(self._archive_runbook)
        doors = self._open_slack()
        await self._meet_slack(doors)
        self._join(doors)
        self.timers.start()
        await self._connect()
        await self._serve_web()
        self._sweeper = asyncio.create_task(self._sweep_forever(), name="sweeper")
        self._warmer = asyncio.create_task(self.people.warm(), name="people")
        log.info("started", runbook=self.office.loaded.version, database=self.database.kind)

    def _archive_runbook(self, tx: Tx) -> None:
        loaded = self.office.loaded
        tx.runbooks.keep(loaded.version, loaded.text, str(loaded.source))

    def _open_slack(self) -> Doors:
        token = self.settings.slack_bot_token
        if token is None:
            raise Refusal(say("SLACK_BOT_TOKEN is not set. Install the app from manifest.yml, and copy its bot token."))
        if self.settings.slack_app_token is None and self.settings.slack_signing_secret is None:
            raise Refusal(
                say(
                    "Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP mode) is set, so Slack "
                    "cannot reach NeonOps."
                )
            )
        if self.settings.slack_app_token is None and not self.settings.web_port:
            raise Refusal(say("HTTP mode needs NEONOPS_WEB_PORT: Slack calls /slack/events there."))
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15))
        client = AsyncWebClient(
            token.get_secret_value(), base_url=self.settings.slack_api_url, session=session, retry_handlers=[]
        )
        return Doors(session, Slack(client, Budgets()), client)

    async def _meet_slack(self, doors: Doors) -> None:
        """Ask Slack who we are; a token that is wrong is said at once, an outage is waited through."""
        self._doors = doors
        for attempt in range(1, 61):
            try:
                answer = await doors.slack.call("auth.test")
                break
            except Refused as refusal:
                await doors.session.close()
                raise Refusal(auth_words(refusal.code)) from refusal
            except SlackError as error:
                log.warning("slack.away", why=str(error), attempt=attempt)
                await asyncio.sleep(min(0.5 * attempt, 10))
        else:
            raise Refusal(say("Slack does not answer at {url}.", url=self.settings.slack_api_url))
        doors.slack.user_id, doors.slack.team_id = str(answer["user_id"]), str(answer["team_id"])
        self._bot = AuthorizeResult(
            enterprise_id=answer.get("enterprise_id"), team_id=answer["team_id"], bot_token=doors.client.token,
            bot_id=answer.get("bot_id"), bot_user_id=answer["user_id"], team=answer.get("team"), url=answer.get("url"),
        )  # fmt: skip

    def _join(self, doors: Doors) -> None:
        self.people = People(self.desk, doors.slack)
        self.cards = Cards(self.desk, doors.slack)
        door = Door(self.desk, doors.slack, self.people)
        responder = Responder(doors.slack, doors.session)
        deliverers: dict[str, Deliver] = {
            **SlackDeliverers(self.desk, doors.slack, self.cards).kinds(),
            "health": health_deliverer(self.desk, doors.slack, self.tools),
            "meet": meet_deliverer(door, responder),
            "page": self._page,
            "run.ended": ended_deliverer(),
            **deploy_deliverers(self.desk, self.tools),
        }
        self.delivery = Delivery(self.desk, deliverers, without_channel)
        self.database.on_commit(self.hear)
        secret = self.settings.slack_signing_secret
        self.bolt = build_bolt(
            doors.client, Listeners(door, responder), secret.get_secret_value() if secret else None, self._bot
        )

    def hear(self, wakes: Iterable[Wake]) -> None:
        """What a commit wants to be looked at."""
        for wake in wakes:
            match wake.kind:
                case "run":
                    self.engine.wake(int(wake.key))
                case "card":
                    self.cards.wake(int(wake.key))
                case "target":
                    self.delivery.wake(wake.key)
                case "timers":
                    self.timers.soon()

    async def _page(self, effect: Effect) -> Delivered:
        """Page one person through all their pagers."""
        person = self.office.team.people.get(effect.payload["person"])
        run = await self.database.read(lambda tx: tx.runs.get(effect.run_id))
        if person is None or run is None:
            return Delivered()
        outcomes = await page(person.page, say("NeonOps: you are needed"), run.title)
        if not any(outcome.ok for outcome in outcomes):
            why = "; ".join(f"{outcome.url_scheme}: {outcome.reason}" for outcome in outcomes)
            raise Undeliverable(say("no pager of {name} works: {why}", name=person.name, why=why))
        return Delivered({"pagers": [outcome.url_scheme for outcome in outcomes if outcome.ok]})

    async def _connect(self) -> None:
        await self.people.load()
        if self.settings.slack_app_token is not None:
            self.socket = Socket(self.bolt, self.settings.slack_app_token.get_secret_value())
            await self.socket.start()

    async def _serve_web(self) -> None:
        if not self.settings.web_port:
            return
        http_mode = self.bolt if self.settings.slack_signing_secret else None
        config = uvicorn.Config(
            web_app(http_mode, self.ready, self.measure),
            host="0.0.0.0",
            port=self.settings.web_port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=3,
        )
        server = _QuietServer(config)
        self._web = (server, asyncio.create_task(server.serve(), name="web"))

    async def ready(self) -> dict[str, bool]:
        """What `/readyz` says: whether Slack can reach us, and the database answers."""
        connected = self.socket is None or await self.socket.connected()
        try:
            await self.database.read(lambda tx: tx.timeline.head())
        except Refusal:
            return {"slack": connected, "database": False}
        return {"slack": connected, "database": True}

    async def measure(self) -> None:
        """Bring the gauges up to date."""
        count, oldest = await self.database.read(lambda tx: tx.effects.waiting())
        metrics.EFFECTS_WAITING.set(count)
        metrics.OLDEST_EFFECT.set((self.clock.now() - oldest).total_seconds() if oldest else 0)
        metrics.RUNS_DRIVEN.set(self.engine.busy)

    async def _sweep_forever(self) -> None:
        while True:
            try:
                await self.engine.sweep()
                await self.delivery.sweep()
                await self.cards.sweep()
                await self.timers.wake()
            except Refusal as refusal:
                log.warning("sweep.postponed", why=refusal.sentence)
            except Exception:
                log.exception("sweep.defect")
            await asyncio.sleep(SWEEP_EVERY)

    async def stop(self) -> None:
        """Stop taking deliveries, let what is under way end, and close everything. What is left is in the database."""
        log.info("stopping")
        for task in (self._sweeper, self._warmer):
            task.cancel()
        self.timers.stop()
        if self.socket:
            await self.socket.stop()
        if self._web:
            self._web[0].should_exit = True
            await self._web[1]
        await self.engine.stop()
        await self.delivery.stop()
        await self.cards.stop()
        await self._doors.session.close()
        await self.tools.http.aclose()
        await asyncio.to_thread(self.database.close)
        log.info("stopped")


class _QuietServer(uvicorn.Server):
    """uvicorn without its hold on the process's signals."""

    def install_signal_handlers(self) -> None:
        pass

    def capture_signals(self) -> Any:
        return contextlib.nullcontext()


def auth_words(code: str) -> str:
    """What a refused token means, and how to mend it."""
    if code in OFFLINE:
        return say(
            "Slack refuses SLACK_BOT_TOKEN ({code}). Copy the Bot User OAuth Token (xoxb-…) from the app's page, under "
            "Install App.",
            code=code,
        )
    return say("Slack refuses to say who NeonOps is: {code}.", code=code)


async def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; 0, or 1 when the connection to Slack could not be kept."""
    app = App(settings)
    await app.start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    waits = [asyncio.create_task(stop.wait())]
    if app.socket:
        waits.append(asyncio.create_task(app.socket.dead.wait()))
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    await app.stop()
    return 0 if stop.is_set() else 1
