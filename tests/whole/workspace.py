"""The workspace as tests speak of it: people who type, click and fill in forms; rooms; cards; the bot's database."""

import asyncio
import secrets
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg
import yaml
from guards import GUARD_S, pauses

from bot.app import App
from bot.domain import Domain
from bot.errors import Refusal
from bot.integrations.vercel.client import Vercel
from bot.ports import Tx
from bot.runs.model import Card as StoredCard
from bot.runs.model import Run, StepRecord
from bot.settings import fixed_settings
from bot.timeline import Event, Verifier
from handlers.slack.cards.view import read_view
from handlers.slack.incidents.card import sections
from handlers.slack.incidents.items import items_form, page_of
from sandbox.neonpro import PracticeNeonPro
from sandbox.slack import Message, PracticeSlack
from sandbox.slack.channels import Channel
from sandbox.slack.deliveries import Ack
from sandbox.slack.views import View
from whole.estate import World

T = TypeVar("T")

FASTER = 50
"""How many times as fast as Slack promises the bot may call it in these tests."""
PACE = 1 / FASTER
"""Seconds between two updates of a card in these tests, instead of Slack's one."""


class TestClock:
    """The machine's clock, moved: it runs on, so that what is put off falls due."""

    __test__ = False

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def set(self, moment: datetime) -> None:
        """Make it this moment."""
        self._ahead = moment - datetime.now(UTC)

    def forward(self, **duration: float) -> None:
        """Let so much time pass: `minutes=15`."""
        self._ahead += timedelta(**duration)


class Workspace:
    """The practice world with the bot in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = TestClock()
        self.environ: dict[str, str] = {}
        self.app: App | None = None
        self.warms_up = False
        """Whether the bot warms up when it starts: what that costs is saved in each test but those about it."""
        names = ("alice", "bruno", "carla", "diego", "elisa", "fabio", "gabi", "otto")
        self.alice, self.bruno, self.carla, self.diego, self.elisa, self.fabio, self.gabi, self.otto = (
            Member(self, name) for name in names
        )

    @property
    def slack(self) -> PracticeSlack:
        return self.world.slack

    @property
    def neonpro(self) -> PracticeNeonPro:
        return self.world.neonpro

    @property
    def bot(self) -> App:
        """The bot that runs now."""
        assert self.app, "the bot was started"
        return self.app

    async def open(self) -> None:
        """Start the world, then the bot."""
        await self.open_world()
        await self.start()

    async def open_world(self, database: bytes = b"") -> None:
        """Start the world. `database`: an SQLite file with the newest schema, on which the bot is to start."""
        await self.world.start()
        self.environ = self.world.environment()
        if database:
            self._lay(database)

    def _lay(self, database: bytes) -> None:
        data = Path(self.environ["NEONOPS_DATA_DIR"])
        data.mkdir(mode=0o700)
        (data / "neonops.db").touch(mode=0o600)
        (data / "neonops.db").write_bytes(database)

    async def close(self) -> None:
        """Stop the bot, then the world."""
        await self.stop()
        await self.world.stop()

    async def start(self, **changes: str) -> None:
        """Start the bot; `changes` go to its environment ("" takes a setting away)."""
        self.environ |= changes
        self.app = App(fixed_settings(self.environ), self.clock, self.environ)
        self.app.warms_up = self.warms_up
        await self.app.start()
        self._quicken(self.app)
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "people"))

    @staticmethod
    def _quicken(app: App) -> None:
        """One update or message a second, one look a second and a word every two seconds are too slow for tests."""
        assert app._connection
        app._connection.slack._budgets.pace = FASTER
        app.cards.pace = PACE
        app.engine.report_every = PACE
        app.tools.client(Vercel)._poll_seconds = 0.03

    async def stop(self) -> None:
        """Stop the bot as SIGTERM does."""
        if self.app:
            app, self.app = self.app, None
            await app.stop()

    async def crash(self) -> None:
        """Break the bot off in the middle of what it does: nothing is drained."""
        await self.bot.engine.stop()
        await self.bot.delivery.stop(patience=0)
        await self.bot.cards.stop(patience=0)
        await self.stop()

    async def restart(self, **changes: str) -> None:
        """Stop the bot, and start it on the same database."""
        await self.stop()
        await self.start(**changes)

    async def restart_on_postgres(self, **changes: str) -> None:
        """Stop the bot, and start it on a database of its own on PostgreSQL."""
        name, owner = f"bot_{secrets.token_hex(4)}", self.neonpro.dsn
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(f'create database "{name}"'.encode())
        await self.restart(NEONOPS_DATABASE_URL=owner.rpartition("/")[0] + "/" + name, **changes)

    async def refuses_to_start(self, **changes: str) -> str:
        """The sentence with which the bot does not start in this environment."""
        await self.stop()
        app = App(fixed_settings({**self.environ, **changes}), self.clock, self.environ)
        try:
            await app.start()
        except Refusal as refusal:
            await asyncio.to_thread(app.database.close)
            return refusal.sentence
        self.app = app
        raise AssertionError("the bot started")

    async def serve_http(self) -> str:
        """Restart the bot in HTTP mode; its address."""
        port = str(free_port())
        secret = self.slack.signing_secret
        await self.restart(SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=secret, NEONOPS_WEB_PORT=port)
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient() as client:
            await self.until(lambda: _answers(client, url))
        self.slack.request_url = f"{url}/slack/events"
        return url

    async def until(self, condition: Callable[[], Any], patience: float = GUARD_S) -> Any:
        """Wait until the condition (plain, or a coroutine function) is truthy, and return it."""
        async with asyncio.timeout(max(patience, GUARD_S)):
            for pause in pauses():
                found = condition()
                found = await found if asyncio.iscoroutine(found) else found
                if found:
                    return found
                await asyncio.sleep(pause)

    async def settled(self) -> None:
        """Return when nothing is left to do: no effect, no card, no step."""
        await self.until(self._rests)

    async def _rests(self) -> bool:
        bot = self.bot
        if bot.engine.busy or len(bot.delivery._workers) or len(bot.cards._workers):
            return False
        waiting, dirty = await self.read(lambda tx: (tx.effects.waiting()[0], tx.cards.dirty()))
        return not waiting and not dirty

    async def read(self, question: Callable[[Tx], T]) -> T:
        """Ask the bot's database."""
        return await self.bot.database.read(question)

    async def run(self, run_id: int = 1) -> Run:
        found = await self.read(lambda tx: tx.runs.get(run_id))
        assert found, f"run {run_id} exists"
        return found

    async def step(self, step_id: str, run_id: int = 1) -> StepRecord:
        found = await self.read(lambda tx: tx.steps.get(run_id, step_id))
        assert found, f"step {step_id} exists"
        return found

    async def events(self, kind: str = "", run_id: int | None = None) -> list[Event]:
        """The timeline, or its events of one kind."""
        events = await self.read(lambda tx: tx.timeline.after(0, 10_000))
        return [e for e in events if kind in ("", e.kind) and run_id in (None, e.run_id)]

    async def timeline_is_whole(self) -> bool:
        """Whether every event follows from the one before."""
        verifier = Verifier()
        verifier.read(await self.events())
        verifier.finish(*await self.read(lambda tx: tx.timeline.head()))
        return not verifier.faults

    async def declare(self, text: str, *, by: "Member | None" = None) -> "Room":
        """`/incident <text>` in #devops; the room, once its card stands and everything after it is done."""
        room = await self.declare_soon(text, by=by)
        await room.card.appears()
        await self.settled()
        return room

    async def declare_soon(self, text: str, *, by: "Member | None" = None) -> "Room":
        """`/incident <text>` in #devops; the room that is to be."""
        answer = await (by or self.alice).types(f"/incident {text}")
        assert answer.ok, answer.error
        assert "declared" in answer, answer.words
        number = await self.read(lambda tx: tx.incidents.find(order="-id", limit=1)[0].id)
        return Room(self, number)

    async def ask_deploy(self, text: str = "all main", *, by: "Member | None" = None) -> "Card":
        """`/deploy <text>` in #devops, by Bruno; the card of its checklist."""
        answer = await (by or self.bruno).types(f"/deploy {text}")
        assert answer.ok, answer.error
        card = Card(self, "devops", ": pre-")
        await card.appears()
        return card

    async def approve_deploy(self, text: str = "api main") -> "Card":
        """A deploy that was asked for, ticked and approved; its live card."""
        card = await self.ask_deploy(text)
        await card.tick_all(by=self.bruno)
        await card.press("Approve and start", by=self.alice)
        live = Card(self, "devops", "Deploy", without=": pre-")
        await live.appears()
        return live

    def write_team(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the team file; the bot reads it when it starts."""
        path = Path(self.environ["NEONOPS_TEAM"])
        team = yaml.safe_load(path.read_text("utf-8"))
        change(team)
        path.write_text(yaml.safe_dump(team, allow_unicode=True, sort_keys=False), "utf-8")

    def limits(self, **changes: Any) -> None:
        """Change Slack's limits: `ack_seconds`, `retry_after_seconds` …"""
        core = self.slack._core
        core.deliveries._limits = core.sockets._limits = replace(core.limits, **changes)


class Member:
    """One person at a keyboard."""

    def __init__(self, workspace: Workspace, name: str) -> None:
        self._workspace, self.name = workspace, name

    @property
    def _slack(self) -> PracticeSlack:
        return self._workspace.slack

    @property
    def id(self) -> str:
        return self._slack.person(self.name).id

    async def types(self, text: str, where: str = "devops") -> "Answer":
        """Type a slash command."""
        command, _, words = text.partition(" ")
        return Answer(await self._slack.command(self.name, where, command, words))

    async def form(self) -> View:
        """The form in front of this person, once it is open."""
        return await self._slack.wait_for(lambda: self._slack.view(self.name), GUARD_S)

    def front(self) -> str:
        """What the form in front of this person says."""
        return "".join(blocks_text(view.blocks) for view in self._slack.views(self.name)[-1:])

    async def clicks(self, view: View, label: str, item: str = "") -> Ack:
        """Press a button in the form that is in front of this person."""
        element = await self._slack.wait_for(lambda: _in_view(view, label, item), GUARD_S)
        where = {"type": "view", "view_id": view.id}
        return await self._slack.action(self.name, where, action_id=element["action_id"], block_id=element["block_id"])

    async def submits(self, **fields: str) -> Ack:
        """Fill in the form in front of this person, and press its button."""
        view = await self._slack.wait_for(lambda: _with_fields(self._slack.views(self.name), fields), GUARD_S)
        state = {name: {name: _given(_field(view, name), value)} for name, value in fields.items()}
        return await self._slack.submit(self.name, view.id, state)

    async def sees(self, text: str, where: str = "devops") -> str:
        """What the bot says to this person alone in a channel, once it says this."""
        return str(await self._workspace.until(lambda: next((w for w in self.whispers(where) if text in w), None)))

    def whispers(self, where: str = "devops") -> list[str]:
        """What the bot said to this person alone in a channel."""
        messages = self._slack.messages(where, self.name)
        return [shown(m) for m in messages if m.ephemeral_to == self.id]

    async def is_told(self, text: str) -> str:
        """What the bot says to this person in a direct message, once it says this."""

        def told() -> list[str]:
            return [shown(m) for m in self._slack.direct_messages(self.name) if text in shown(m)]

        return str((await self._workspace.until(told))[0])

    async def home(self) -> str:
        """The Home of this person, opened anew."""
        before = self._slack.home(self.name)
        before_hash = before.hash if before else None
        await self._slack.open_home(self.name)
        view = await self._workspace.until(
            lambda: (found := self._slack.home(self.name)) and found.hash != before_hash and found
        )
        return blocks_text(view.blocks)


class Answer:
    """How a command was answered."""

    def __init__(self, ack: Ack) -> None:
        self.ok, self.error, self.ms = ack.ok, ack.error, ack.ms
        self.text = str(ack.payload.get("text", ""))
        self.words = self.text + "\n" + blocks_text(ack.payload.get("blocks") or [])

    def __contains__(self, text: str) -> bool:
        return text in self.words

    def __repr__(self) -> str:
        return f"<{self.error or self.words}>"


class Card:
    """A message of the bot that is edited in place: the last in its channel whose header says `header`."""

    def __init__(self, workspace: Workspace, channel: str, header: str, *, without: str = "\0") -> None:
        self._workspace, self._channel, self._header, self._without = workspace, channel, header, without

    @property
    def message(self) -> Message:
        """As Slack shows it now. Raises LookupError when it is not there."""
        return self.messages[-1]

    @property
    def messages(self) -> list[Message]:
        """Every message that could be this card: more than one is a duplicate."""
        found = self._workspace.slack.messages(self._channel)
        return [m for m in found if self._header in _header(m) and self._without not in _header(m)]

    @property
    def text(self) -> str:
        """All that its blocks say, and its buttons as [Button]."""
        return shown(self.message)

    async def appears(self) -> Message:
        return await self._workspace.slack.wait_for(lambda: self.message, GUARD_S)

    async def shows(self, text: str, patience: float = GUARD_S) -> None:
        """Wait until the card says so."""
        try:
            await self._workspace.slack.wait_for(lambda: text in self.text, max(patience, GUARD_S))
        except TimeoutError:
            raise AssertionError(f"the card never says {text!r}:\n{self.text}") from None

    async def lacks(self, text: str) -> None:
        """Wait until the card does not say so any more."""
        await self._workspace.slack.wait_for(lambda: text not in self.text, GUARD_S)

    def line(self, item: str) -> str:
        """The line of an item."""
        return next(line for line in self.text.splitlines() if item in line)

    def buttons(self) -> list[str]:
        """The labels of its buttons, in order."""
        return [a["text"]["text"] for a in self.message.actions() if a["type"] == "button"]

    def button(self, label: str, item: str = "", message: Message | None = None) -> Mapping[str, Any]:
        """The button with this label, of this item. Raises LookupError."""
        for element in (message or self.message).actions():
            about = element.get("accessibility_label", "")
            if element["type"] == "button" and element["text"]["text"] == label and item[:50] in about:
                return element
        raise LookupError(f"no button {label!r} of {item!r}:\n{self.text}")

    async def press(self, label: str, item: str = "", *, by: Member, seen: Message | None = None) -> Ack:
        """Press a button once it is there; `seen` is the older card that a slow client still shows."""
        slack = self._workspace.slack
        if seen is None:
            await slack.wait_for(lambda: self.button(label, item), GUARD_S)
        element, message = self.button(label, item, seen), seen or self.message
        return await slack.click(
            by.name, message.channel, message.ts, action_id=element["action_id"], block_id=element["block_id"],
            seen=seen,
        )  # fmt: skip

    async def tick(self, item: str, *, by: Member, seen: Message | None = None) -> Ack:
        return await self.press("Tick", item, by=by, seen=seen)

    async def untick(self, item: str, *, by: Member, seen: Message | None = None) -> Ack:
        return await self.press("Untick", item, by=by, seen=seen)

    async def tick_all(self, *, by: Member) -> None:
        """Tick every item that can be ticked, from the card as it stands."""
        await self._workspace.settled()
        seen = self.message
        labels = [a for a in seen.actions() if a["action_id"] == "step.tick"]
        for element in labels:
            ack = await self._workspace.slack.click(
                by.name, seen.channel, seen.ts, action_id="step.tick", block_id=element["block_id"], seen=seen
            )
            assert ack.ok, ack.error
        await self._workspace.slack.wait_for(lambda: "Tick" not in self.buttons(), GUARD_S)

    async def choose(self, action_id: str, option: str, *, by: Member) -> Ack:
        """Choose an option of a menu by its text."""
        element = self.message.find(action_id)
        chosen = next(o for o in element["options"] if option in o["text"]["text"])
        return await self._workspace.slack.click(
            by.name, self.message.channel, self.message.ts, action_id=action_id, block_id=element["block_id"],
            element={"selected_option": chosen},
        )  # fmt: skip


class MessageCard(Card):
    """A message of the bot with this text."""

    @property
    def messages(self) -> list[Message]:
        return [m for m in self._workspace.slack.messages(self._channel) if self._header in m.text]


class Room:
    """The channel of an incident."""

    def __init__(self, workspace: Workspace, number: int) -> None:
        self._workspace, self.number = workspace, number

    @property
    def channel(self) -> Channel:
        """Slack's channel, which holds the first card. Raises LookupError before that."""
        return self._workspace.slack.channel(self.card.message.channel)

    @property
    def id(self) -> str:
        return self.channel.id

    @property
    def card(self) -> Card:
        """The checklist."""
        return RoomCard(self._workspace, self)

    def says(self) -> list[str]:
        """The texts of the messages in the channel, oldest first, then of the replies to its card."""
        slack = self._workspace.slack
        return [m.text for m in [*slack.messages(self.id), *slack.messages(self.id, thread=self.card.message.ts)[1:]]]

    async def hears(self, text: str) -> str:
        """The bot's message with this text, once it is there."""

        def heard() -> list[str]:
            return [said for said in self.says() if text in said]

        return (await self._workspace.slack.wait_for(heard, GUARD_S))[0]

    def heard(self, text: str) -> int:
        """How many messages say this."""
        return sum(text in said for said in self.says())


class RoomCard(Card):
    """The card of an incident, and the list of all items that it opens."""

    def __init__(self, workspace: Workspace, room: Room) -> None:
        super().__init__(workspace, "", "")
        self._room = room

    @property
    def messages(self) -> list[Message]:
        every = (m for c in self._workspace.slack.channels() for m in self._workspace.slack.messages(c.id))
        return [m for m in every if f" · #{self._room.number} · " in _header(m)]

    async def shows(self, text: str, patience: float = GUARD_S) -> None:
        """Wait until the card says so, or the list of its items."""
        await self._workspace.until(lambda: self._says(text), patience)

    async def lacks(self, text: str) -> None:
        """Wait until neither says so any more."""

        async def gone() -> bool:
            return not await self._says(text)

        await self._workspace.until(gone)

    async def _says(self, text: str) -> bool:
        with suppress(LookupError):
            if text in self.text:
                return True
        return text in await self.items()

    async def items(self) -> str:
        """What the list of items says now, to whoever opens it."""
        return "\n".join(blocks_text(page["blocks"]) for page in await self._pages())

    async def all(self) -> str:
        """What the card says, and the list."""
        return f"{self.text}\n{await self.items()}"

    async def item(self, text: str) -> str:
        """The line of an item in the list."""
        return next(line for line in (await self.items()).splitlines() if text in line)

    async def list(self, *, by: Member) -> View:
        """The list, opened by a person."""
        before = [view.id for view in self._workspace.slack.views(by.name)]
        await super().press(f"All {await self._count()} items", by=by)
        views = self._workspace.slack.views
        return await self._workspace.slack.wait_for(
            lambda: next((view for view in views(by.name) if view.id not in before), None), GUARD_S
        )

    async def _count(self) -> int:
        return next(int(label.split()[1]) for label in self.buttons() if label.startswith("All "))

    async def press(self, label: str, item: str = "", *, by: Member, seen: Message | None = None) -> Ack:
        """Press a button once it is there: on the card, else in the list."""
        if seen or await self._workspace.until(lambda: self._where(label, item)) == "card":
            return await super().press(label, item, by=by, seen=seen)
        return await by.clicks(await self.list(by=by), label, item)

    async def _where(self, label: str, item: str) -> str:
        with suppress(LookupError):
            return "card" if self.button(label, item) else ""
        rows = [each for page in await self._pages() for each in actions_of_form(page["blocks"])]
        return "list" if any(_is(each, label, item) for each in rows) else ""

    async def _pages(self) -> Sequence[Mapping[str, Any]]:
        domain, number = self._workspace.bot.transactions.domain, self._room.number
        return await self._workspace.read(lambda tx: list_pages(domain, tx, number))

    async def tick_all(self, *, by: Member) -> None:
        """Tick every item that can be ticked, from the list."""
        await self._workspace.settled()
        view = await self.list(by=by)
        for element in [each for each in view_actions(view) if each["action_id"] == "step.tick"]:
            where = {"type": "view", "view_id": view.id}
            ack = await self._workspace.slack.action(
                by.name, where, action_id="step.tick", block_id=element["block_id"]
            )
            assert ack.ok, ack.error
        await self._workspace.settled()


def list_pages(domain: Domain, tx: Tx, number: int) -> list[dict[str, Any]]:
    """Every page of the list of an incident's items."""
    incident = tx.incidents.get(number)
    assert incident
    view = read_view(domain, tx, StoredCard(0, incident.run_id, "main", ""))
    assert view
    count = page_of(sections(view), 0).count
    return [items_form(view, page) for page in range(count)]


def view_actions(view: View) -> list[Mapping[str, Any]]:
    """Every element of a form that can be clicked, with the block that it stands in."""
    return actions_of_form(view.blocks)


def actions_of_form(blocks: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    rows = (block for block in blocks if block["type"] == "actions")
    return [{"block_id": "", **element, **_block_of(row)} for row in rows for element in row["elements"]]


def _block_of(row: Mapping[str, Any]) -> dict[str, str]:
    return {"block_id": row["block_id"]} if "block_id" in row else {}


def _is(element: Mapping[str, Any], label: str, item: str) -> bool:
    return element["text"]["text"] == label and item[:50] in element.get("accessibility_label", "")


def _in_view(view: View, label: str, item: str) -> Mapping[str, Any] | None:
    return next((each for each in view_actions(view) if _is(each, label, item)), None)


def shown(message: Message) -> str:
    """What a message shows: its blocks, or its text when it has none."""
    return blocks_text(message.blocks) if message.blocks else message.text


def blocks_text(blocks: Any) -> str:
    """The words of blocks, with buttons as [Button]."""
    return "\n".join(words for block in blocks for words in _words(block) if words)


def _words(block: Mapping[str, Any]) -> list[str]:
    button = f"[{block['text']['text']}]" if block["type"] == "button" else ""
    if button:
        return [button]
    own = [block["text"]["text"]] if isinstance(block.get("text"), Mapping) else []
    own = [str(block["text"])] if block["type"] in ("mrkdwn", "plain_text") else own
    inner = [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else [])]
    return [*own, *(words for each in inner for words in _words(each))]


def _header(message: Message) -> str:
    return next((b["text"]["text"] for b in message.blocks or () if b["type"] == "header"), "")


def _with_fields(views: Sequence[View], names: Iterable[str]) -> View | None:
    """The form in front, when it has all these fields."""
    there = {block.get("block_id") for block in views[-1].blocks} if views else set()
    return views[-1] if views and set(names) <= there else None


def _field(view: View, name: str) -> Mapping[str, Any]:
    element: Mapping[str, Any] = next(b["element"] for b in view.blocks if b.get("block_id") == name)
    return element


def _given(element: Mapping[str, Any], value: str) -> dict[str, Any]:
    if element["type"] == "plain_text_input":
        return {"value": value}
    if element["type"] in ("datepicker", "timepicker"):
        return {f"selected_{element['type'].removesuffix('picker')}": value}
    options = element["options"]
    if element["type"] == "checkboxes":
        return {"selected_options": [o for o in options if value in (o["value"], o["text"]["text"])]}
    return {"selected_option": next(o for o in options if value in (o["value"], o["text"]["text"]))}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/healthz")).status_code == 200
    except httpx.TransportError:
        return False
