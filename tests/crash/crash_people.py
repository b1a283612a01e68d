"""What people do while the bot dies and comes back, and what they were told: the ledger."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from crash_world import CrashWorld

from handlers.slack.blocks import ids
from sandbox.slack.channels import Message
from sandbox.slack.errors import Impossible

APPROVER = "alice"
PEOPLE = (APPROVER, "bruno", "carla", "elisa")
BUTTONS = {
    ids.STEP_TICK: 6,
    ids.STEP_UNTICK: 1,
    ids.STEP_RUN: 4,
    ids.STEP_START: 1,
    ids.GATE_RETRY: 12,
    ids.GATE_DONE: 4,
    ids.GATE_AGAIN: 4,
    ids.GATE_ABORT: 1,
    ids.RUN_APPROVE: 0.5,
    ids.GATES_AGAIN: 1,
    ids.RUN_CONFIRM: 8,
    ids.RUN_ROLL_BACK: 1,
    ids.RUN_TAKE_OVER: 1,
    ids.RUN_CANCEL: 0.2,
}
"""Buttons, by how much people like to press them; who may approve a deploy likes that best."""


@dataclass(frozen=True)
class Habits:
    """What people begin with, and how often at most each command is typed: what is there is to be worked on."""

    first: Mapping[str, str]
    most: Mapping[str, int]


CONDUCTING = Habits(
    {"bruno": "rollback", "carla": "declare", "elisa": "health"},
    {"declare": 3, "note": 40, "deploy": 1, "rollback": 2, "health": 3},
)
DEPLOYING = Habits({"bruno": "deploy", "elisa": "deploy"}, {"deploy": 8, "rollback": 2, "unlock": 10})


@dataclass
class Entry:
    """One operation. `told`: it was acked, with words that promise it was done."""

    user: str
    operation: str
    about: str = ""
    told: bool = False


@dataclass
class Ledger:
    """What was done and what was answered, in order."""

    entries: list[Entry] = field(default_factory=list)

    def begin(self, user: str, operation: str, about: str = "") -> Entry:
        """Write a operation down before it is done: its answer may never come."""
        self.entries.append(Entry(user, operation, about))
        return self.entries[-1]

    def of(self, *operations: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.operation in operations]


class Person:
    """Somebody who does one thing after another, chosen by the seed."""

    def __init__(self, name: str, seed: int, habits: Habits, world: CrashWorld, ledger: Ledger) -> None:
        self.name, self._world, self._ledger = name, world, ledger
        self._dice = random.Random(f"{seed} {name}")
        self._first, self._most = habits.first.get(name, ""), habits.most

    async def act(self) -> None:
        """Do things, with hardly time to think between them, until cancelled."""
        while True:
            await self._world.connected()
            if first := self._first:
                self._first = ""
                await _COMMANDS[first](self)
            await self._dice.choices([self._press, self._command], [3, 1])[0]()
            await asyncio.sleep(self._dice.uniform(0, 0.03))

    async def _command(self) -> None:
        operation = self._dice.choice([each for each in self._most if each != "deploy" or self.name != APPROVER])
        if len(self._ledger.of(operation)) < self._most[operation]:
            await _COMMANDS[operation](self)

    async def declare(self) -> None:
        title = f"Checkout is down {self._dice.getrandbits(32):08x}"
        await self._type("declare", title, f"/incident p1 {title}", "declared")

    async def deploy(self) -> None:
        await self._type("deploy", "", "/deploy api", "is waiting for its checklist")

    async def rollback(self) -> None:
        await self._type("rollback", "", "/rollback api", "looking up the deployments to roll back to")

    async def unlock(self) -> None:
        await self._type("unlock", "", "/deploy unlock", "🔓")

    async def health(self) -> None:
        await self._type("health", "", "/health api", "Checking")

    async def note(self) -> None:
        text = f"seen {self._dice.getrandbits(32):08x}"
        await self._type("note", text, f"/incident {self._dice.randint(1, 3)} note {text}", "Noted")

    async def _type(self, operation: str, about: str, line: str, promise: str) -> None:
        command, _, text = line.partition(" ")
        entry = self._ledger.begin(self._id, operation, about)
        ack = await self._world.slack.command(self.name, "devops", command, text)
        entry.told = ack.ok and promise in str(ack.payload.get("text"))

    async def _press(self) -> None:
        found = self._buttons()
        if not found:
            await self._command()
            return
        message, button = self._dice.choices(found, [self._likes(each["action_id"]) for _, each in found])[0]
        entry = self._ledger.begin(self._id, button["action_id"])
        with suppress(Impossible):
            ack = await self._world.slack.click(
                self.name, message.channel, message.ts, action_id=button["action_id"], block_id=button["block_id"],
                seen=message,
            )  # fmt: skip
            entry.told = ack.ok

    def _likes(self, action: str) -> float:
        return 20 if action == ids.RUN_APPROVE and self.name == APPROVER else BUTTONS[action]

    def _buttons(self) -> list[tuple[Message, Mapping[str, Any]]]:
        slack = self._world.slack
        messages = [
            m for c in slack.channels(self.name) if self._id in c.members for m in slack.messages(c.id, self.name)
        ]
        return [(m, each) for m in messages for each in m.actions() if each["action_id"] in BUTTONS]

    @property
    def _id(self) -> str:
        return self._world.slack.person(self.name).id


_COMMANDS: dict[str, Callable[[Person], Awaitable[None]]] = {
    "declare": Person.declare,
    "deploy": Person.deploy,
    "rollback": Person.rollback,
    "health": Person.health,
    "note": Person.note,
    "unlock": Person.unlock,
}
