"""Two desks on one database, as two bots have it, and decisions that meet there."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.deploys.approval import approve
from bot.deploys.request import Asked, request_deploy, request_rollback
from bot.deploys.rollbacks import confirmation
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.errors import Refusal
from bot.holds.holds import LOCK, lift, standing
from bot.kinds import KINDS
from bot.machine.clock import SystemClock
from bot.people import ROBOT, Actor, Team
from bot.ports import Tx
from bot.production.inputs.deploy import Facts
from bot.production.inputs.rollback import Ahead, RollbackInputs
from bot.runbook.load import parse
from bot.runs.model import Run, RunState
from bot.runs.start import finish
from bot.subscribers import SUBSCRIBERS
from storage.database import SqlDatabase

ALICE = Actor("U01ALICE", "Alice", frozenset({"platform_lead"}))
HELENA = Actor("U08HELENA", "Helena", frozenset({"platform_lead"}))
BRUNO = Actor("U02BRUNO", "Bruno", frozenset({"devops"}))
SHA = "c0ffee0123456789012345678901234567890123"
FACTS = Facts("2026-11-23T12:00:00+00:00", sha=SHA)
AHEAD = Ahead("2026-11-23T12:00:00+00:00", {"api": "dpl_earlier"})
TEAM = {
    "people": {
        "alice": {"name": "Alice", "email": "alice@example.com", "slack": ALICE.user},
        "helena": {"name": "Helena", "email": "helena@example.com", "slack": HELENA.user},
    },
    "roles": {"platform_lead": ["alice", "helena"]},
}
NOTED = ("run.approved", "run.started", "run.held", "run.ended", "hold.placed")
SERVICE = {"id": "api", "title": "API", "url": "https://api.example.com"}


def domain() -> Domain:
    """A runbook whose deploy and rollback are one item that a person ticks."""
    main = {"id": "main", "title": "Main", "mode": "sequence", "steps": [{"id": "watch", "text": "Watch it"}]}
    procedures = [{"id": kind, "kind": kind, "title": kind, "phases": [main]} for kind in ("deploy", "rollback")]
    roles = {operation: ["platform_lead", "devops"] for operation in ("deploy", "approve", "rollback", "lock")}
    book = {"schema": 1, "name": "races", "title": "Races", "permissions": roles, "services": [SERVICE]}
    loaded = parse(yaml.safe_dump(book | {"procedures": procedures, "rollbacks": {"approval": False}}), env={})
    return Domain(loaded, Team.model_validate(TEAM), ZoneInfo("UTC"), {}, SUBSCRIBERS, KINDS)


class RaceWorld:
    """The database, and the two desks that work on it."""

    def __init__(self, url: str) -> None:
        self._databases = [SqlDatabase(url, SystemClock(), str) for _ in range(2)]
        self._desks = [Transactions(domain(), database) for database in self._databases]

    def close(self) -> None:
        for database in self._databases:
            database.close()

    async def do(self, operation: Any, *args: Any) -> Any:
        return await self._desks[0].do(operation, *args)

    async def race(self, turn: int, *operations: tuple[Any, ...]) -> list[Any]:
        """Do both at once, at two desks, with the other one first each turn; what each gave: its result or Refusal."""
        tasks = [self._try(self._desks[number], *operation) for number, operation in enumerate(operations)]
        done = await asyncio.gather(*(reversed(tasks) if turn % 2 else tasks))
        return list(reversed(done)) if turn % 2 else done

    @staticmethod
    async def _try(transactions: Transactions, operation: Any, *args: Any) -> Any:
        try:
            return await transactions.do(operation, *args)
        except Refusal as refusal:
            return refusal


@contextmanager
def race_world(url: str) -> Iterator[RaceWorld]:
    world = RaceWorld(url)
    try:
        yield world
    finally:
        world.close()


def asked_deploy(domain: Domain, tx: Tx, actor: Actor = BRUNO) -> Run:
    """A deploy whose outside is known: it waits for its approval."""
    run = request_deploy(domain, tx, actor, Asked("api", "C1"))
    approve.looked(domain, tx, run.id, FACTS)
    return run


def approved_deploy(domain: Domain, tx: Tx) -> Run:
    """A deploy that would start now."""
    run = asked_deploy(domain, tx)
    return approve.approve(domain, tx, ALICE, run.id, SHA)


def confirmed_rollback(domain: Domain, tx: Tx) -> Run:
    """A rollback that would start now."""
    run = request_rollback(domain, tx, BRUNO, Asked("api", "C1"))
    run = tx.runs.save(run, inputs=replace(RollbackInputs.of(run), choice=AHEAD.choice))
    return confirmation.accept(domain, tx, BRUNO, run)


@dataclass(frozen=True)
class Ended:
    """How runs that raced stood before they were ended: their states, and what of note happened, in order."""

    states: list[RunState]
    kinds: list[str]
    approved_by: str | None


def end(domain: Domain, tx: Tx, *runs: Run) -> Ended:
    """End what has not ended and remove what was locked, so that the next race finds production free."""
    found = [there for run in runs if (there := tx.runs.get(run.id))]
    first = min(tx.timeline.of_run(run.id, limit=100)[0].seq for run in runs)
    kinds = [event.kind for event in tx.timeline.after(first, 200) if event.run_id in {None, *(r.id for r in runs)}]
    for run in found:
        if not run.state.ended:
            finish(domain, tx, run, RunState.ABORTED, ROBOT)
    if standing(tx, LOCK):
        lift(domain, tx, BRUNO, LOCK)
    assert tx.locks.holder("production") is None
    return Ended([run.state for run in found], [kind for kind in kinds if kind in NOTED], found[0].approved_by)
