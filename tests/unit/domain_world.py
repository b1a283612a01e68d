"""A domain, a clock and a real database in memory: operations, one transaction at a time."""

import functools
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import yaml

from bot.deploys.approval import approve
from bot.deploys.rollbacks import confirmation, decide
from bot.domain import Domain
from bot.effects.outgoing import KIND, Outgoing, read_outgoing
from bot.incidents.declare import Declaration, declare
from bot.incidents.model import Incident
from bot.kinds import KINDS
from bot.people import Actor, Team
from bot.ports import DatabaseAway, Tx, Wake
from bot.production.inputs.deploy import DeployInputs, Facts
from bot.production.inputs.rollback import Ahead, Later, RollbackInputs
from bot.production.model import LivePeriod
from bot.production.periods import Wanted, went_live
from bot.runbook.load import Loaded, bundled_path, load, parse
from bot.runs.checklist import items
from bot.runs.checklist.items import StepRef
from bot.runs.engine import progress, settling
from bot.runs.engine.progress import Work
from bot.runs.kind import Kinds
from bot.runs.model import Gate, Run, RunState, StepRecord, StepState
from bot.runs.outcome import Outcome
from bot.runs.start import create_run
from bot.subscribers import SUBSCRIBERS
from bot.timeline import Event, Fault, Verifier
from storage.database import Transaction, open_engines
from storage.migrate import upgrade

P = ParamSpec("P")
T = TypeVar("T")

ALICE = Actor("U01ALICE", "Alice", frozenset({"platform_lead", "cto"}))
BRUNO = Actor("U02BRUNO", "Bruno", frozenset({"devops"}))
CARLA = Actor("U03CARLA", "Carla", frozenset({"security_officer"}))
FABIO = Actor("U06FABIO", "Fábio")
NOON = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Noon in São Paulo."""
TEAM = Team.model_validate(
    {
        "people": {
            "alice": {"name": "Alice", "email": "alice@example.com", "slack": "U01ALICE"},
            "bruno": {"name": "Bruno", "email": "bruno@example.com"},
        },
        "roles": {"platform_lead": ["alice"], "devops": ["bruno", "alice"], "cto": ["alice"]},
        "channels": {"incidents": "C03INC"},
    }
)


@functools.cache
def bundled() -> Loaded:
    """The runbook that comes with the bot."""
    return load(bundled_path(), {})


@functools.cache
def _template() -> sqlite3.Connection:
    """A database with the newest schema and nothing in it."""
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    with tempfile.TemporaryDirectory() as folder:
        upgrade(f"sqlite:///{folder}/template.db")
        with closing(sqlite3.connect(Path(folder, "template.db"))) as file:
            file.backup(memory)
    return memory


def _masked(text: str) -> str:
    return text.replace("hunter2", "•••")


class World:
    """`do` and `ask` are whole transactions: committed at the end, rolled back when they raise."""

    def __init__(self, loaded: Loaded | None = None, kinds: Kinds = KINDS) -> None:
        self.now = NOON
        self.domain = Domain(loaded or bundled(), TEAM, ZoneInfo("America/Sao_Paulo"), {}, SUBSCRIBERS, kinds)
        self.woken: list[Wake] = []
        self._engine, self._reader = open_engines("sqlite://")
        with closing(self._engine.raw_connection()) as connection:
            _template().backup(connection.driver_connection)  # type: ignore[arg-type]

    def close(self) -> None:
        self._engine.dispose()
        self._reader.dispose()

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def ask(self, question: Callable[[Tx], T]) -> T:
        with self._engine.begin() as connection:
            transaction = Transaction(connection, self.now, _masked, self.domain.kinds)
            answer = question(transaction)
        self.woken = list(transaction.woken)
        return answer

    def do(self, operation: Callable[Concatenate[Domain, Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self.ask(lambda tx: operation(self.domain, tx, *args, **kwargs))

    def declare(self, severity: str = "p1", title: str = "Checkout is down", **more: Any) -> Incident:
        return self.do(declare, more.pop("actor", ALICE), Declaration(severity, title, **more))

    def begin(self, procedure: str, *, state: RunState = RunState.ACTIVE, **more: Any) -> Run:
        """A run of this procedure, as it is when it has just been made."""
        found = self.domain.runbook.procedure(procedure)
        draft = Run(0, procedure, self.domain.kinds[found.kind], state, "", found.title, ALICE.user, self.now, **more)
        return self.do(create_run, found, draft)

    def run(self, run_id: int) -> Run:
        return self._there(self.ask(lambda tx: tx.runs.get(run_id)))

    def incident(self, number: int) -> Incident:
        return self._there(self.ask(lambda tx: tx.incidents.get(number)))

    def step(self, run_id: int, step_id: str) -> StepRecord:
        return self._there(self.ask(lambda tx: tx.steps.get(run_id, step_id)))

    def steps(self, run_id: int) -> dict[str, StepRecord]:
        return {each.step_id: each for each in self.ask(lambda tx: tx.steps.find(run_id=run_id, order="position"))}

    def states(self, run_id: int) -> dict[str, StepState]:
        return {name: record.state for name, record in self.steps(run_id).items()}

    def set_step(self, run_id: int, step_id: str, **changes: Any) -> StepRecord:
        """Put a step into a state, as an earlier execution would have left it."""
        return self.ask(lambda tx: tx.steps.save(self._there(tx.steps.get(run_id, step_id)), **changes))

    def gates(self, run_id: int, state: str = "open") -> list[Gate]:
        return self.ask(lambda tx: tx.gates.find(run_id=run_id, state=state))

    def events(self, run_id: int) -> list[Event]:
        return self.ask(lambda tx: tx.timeline.of_run(run_id, limit=500))

    def kinds(self, run_id: int) -> list[str]:
        return [event.kind for event in self.events(run_id)]

    def messages(self, *templates: str, **where: Any) -> list[Outgoing]:
        """The messages that were planned, oldest first."""
        planned = self.ask(lambda tx: tx.effects.find(kind=KIND, order="seq", **where))
        return [each for each in map(read_outgoing, planned) if not templates or each.template in templates]

    def said(self, **where: Any) -> list[str]:
        """The sentences that were planned, oldest first."""
        return [each.data["text"] for each in self.messages("text", "hold.reminder", **where)]

    def ref(self, run_id: int, step_id: str) -> StepRef:
        """The reference that a button drawn now would carry."""
        return StepRef(run_id, step_id, self.step(run_id, step_id).decision)

    def tick(self, run_id: int, step_id: str, actor: Actor = ALICE) -> StepRecord:
        return self.do(items.tick, actor, self.ref(run_id, step_id))

    def tick_all(self, run_id: int, stage: str) -> None:
        """Tick every open item of a stage."""
        procedure = self.domain.runbook.procedure(self.run(run_id).procedure)
        records = self.steps(run_id)
        for phase, step in procedure.steps():
            if phase.stage == stage and step.id in records and not records[step.id].state.settled:
                self.tick(run_id, step.id)

    def facts(self, **found: Any) -> Facts:
        """What the outside says now."""
        return Facts(self.now.isoformat(), **{"sha": "c0ffee0" + "0" * 33, **found})

    def approve(self, run_id: int, actor: Actor = ALICE, facts: Facts | None = None) -> Run:
        """The outside was asked for the card, and a person approves what it shows."""
        if self.run(run_id).state is RunState.WAITING:
            self.do(approve.looked, run_id, facts or self.facts())
        found = DeployInputs.of(self.run(run_id)).facts
        return self.do(approve.approve, actor, run_id, (found and found.sha) or "")

    def start(self, run_id: int, facts: Facts | None = None) -> Run:
        """What the worker does for an approved deploy: judge the gates, and start it when they let it."""
        self.do(approve.start, run_id, facts or self.facts())
        return self.run(run_id)

    def shown(self, run_id: int) -> str:
        """The fingerprint of what a rollback's card shows now."""
        run = self.run(run_id)
        choice = self.ask(lambda tx: decide.chosen(tx, run))
        ahead = RollbackInputs.of(run).ahead_of(choice)
        return confirmation.fingerprint(
            choice, self.ask(lambda tx: confirmation.dangers_of(self.domain, tx, run, ahead))
        )

    def ahead(self, run_id: int, *later: Later, unasked: str | None = None) -> Ahead:
        """What the outside says of the schema now, for what is chosen now."""
        choice = self.ask(lambda tx: decide.chosen(tx, self._there(tx.runs.get(run_id))))
        return Ahead(self.now.isoformat(), choice, {name: NOON.isoformat() for name in choice}, later, unasked)

    def confirm(self, run_id: int, actor: Actor = ALICE, ahead: Ahead | None = None) -> Run:
        """A person confirms the rollback as its card shows it, and the worker starts it when nothing is new."""
        self.do(confirmation.confirm_rollback, actor, run_id, self.shown(run_id))
        self.do(confirmation.start_rollback, run_id, ahead or self.ahead(run_id))
        return self.run(run_id)

    def take(self, run_id: int) -> Work:
        return self.do(progress.take, run_id)

    def advance(self, run_id: int) -> Work:
        """One look of the engine at a run, by the execution that holds it."""
        return self.do(progress.advance, run_id, self.run(run_id).token)

    def settle(self, run_id: int, step_id: str, outcome: Outcome) -> None:
        """The outcome of the step's newest attempt."""
        run, record = self.run(run_id), self.step(run_id, step_id)
        self.do(settling.settle, run_id, run.token, record, outcome)

    def seen_live(self, run_id: int, service: str, deployment: str, **asked: Any) -> LivePeriod:
        """Production is seen to be what the run wanted; `asked` is what its step kept when it asked."""
        return self.ask(
            lambda tx: went_live(tx, self._there(tx.runs.get(run_id)), Wanted(service, deployment, asked, self.now))
        )

    def takes(self, run_id: int, **typed: str) -> None:
        """The listings of a rollback end, and take what was typed (service=deployment)."""
        listed = {
            service: {"live": "dpl_9", "typed": {"id": each}, "deployments": []} for service, each in typed.items()
        }
        for step in ("recent_deployments", "last_stable"):
            self.set_step(run_id, step, state=StepState.DONE, attempt=1, detail={"services": listed})

    def periods(self, run_id: int) -> list[LivePeriod]:
        return self.ask(lambda tx: tx.live_periods.find(run_id=run_id, order="id"))

    def faults(self) -> list[Fault]:
        verifier = Verifier()
        verifier.read(self.ask(lambda tx: tx.timeline.after(0, 100_000)))
        verifier.finish(*self.ask(lambda tx: tx.timeline.head()))
        return verifier.faults

    @staticmethod
    def _there(found: T | None) -> T:
        assert found is not None
        return found


@contextmanager
def opened(loaded: Loaded | None = None, kinds: Kinds = KINDS) -> Iterator[World]:
    world = World(loaded, kinds)
    try:
        yield world
    finally:
        world.close()


def runbook(*procedures: Mapping[str, Any], **more: Any) -> Loaded:
    """A runbook of these procedures."""
    everybody = ["platform_lead", "devops"]
    names = ("deploy", "approve", "rollback", "respond", "maintain")
    data = {"schema": 1, "name": "test", "title": "Test", "permissions": dict.fromkeys(names, everybody)}
    data |= {"services": [{"id": "api", "title": "API", "url": "https://api.example.com"}], **more}
    return parse(yaml.safe_dump(data | {"procedures": [*procedures]}, allow_unicode=True), env={})


def procedure(*phases: Mapping[str, Any], kind: str = "checklist", name: str = "work") -> dict[str, Any]:
    return {"id": name, "kind": kind, "title": name.capitalize(), "phases": [*phases]}


def phase(*steps: Mapping[str, Any], name: str = "main", **more: Any) -> dict[str, Any]:
    return {"id": name, "title": name.capitalize(), "steps": [*steps], **more}


def manual(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "text": name.capitalize(), **more}


def reading(name: str, **more: Any) -> dict[str, Any]:
    """A bot's step that changes nothing outside."""
    return {"id": name, "text": name.capitalize(), "kind": "http", "url": "https://api.example.com", **more}


def changing(name: str, **more: Any) -> dict[str, Any]:
    """A bot's step that changes something outside."""
    return {"id": name, "text": name.capitalize(), "kind": "shell", "run": [["true"]], **more}


class WorldDatabase:
    """The world's database as the transactions asks for it; `away` makes it not answer."""

    def __init__(self, world: World) -> None:
        self._world, self.away = world, False

    async def write(self, work: Callable[[Tx], Any]) -> Any:
        if self.away:
            raise DatabaseAway("The database does not answer.")
        return self._world.ask(work)

    read = write

    def on_commit(self, listener: object) -> None: ...


class WorldClock:
    """The world's time, as a clock."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.now
