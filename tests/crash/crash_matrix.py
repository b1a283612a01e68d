"""One run in which the bot is killed at the same point of each changing step, and somebody answers what it asks."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import get_args

import yaml
from crash_checks import said
from crash_operations import approved_deploy, button_of, confirmed_rollback, pressed, submitted
from crash_stop import Point, Stop
from crash_world import CrashWorld

from bot.ports import Tx
from bot.runbook.steps import Step, step_kinds
from bot.runs.model import Gate, GateKind, Run, RunState
from handlers.slack.blocks import ids

RUNBOOK = Path(__file__).with_name("matrix.yml")
TOLD = "Told by the matrix"


async def declared(world: CrashWorld) -> None:
    """Declare an incident; the bot may be killed before it acks."""
    await world.slack.command("bruno", "devops", "/incident", "p1 Checkout is down")


async def undone_rollback(world: CrashWorld) -> None:
    """Undo a rollback that went well."""
    await confirmed_rollback(world)
    await pressed(world, "bruno", ids.RUN_UNDO)
    await submitted(world, "bruno", sure="yes")


OPERATIONS: dict[str, Callable[[CrashWorld], Awaitable[None]]] = {
    "incident": declared,
    "deploy": approved_deploy,
    "rollback": confirmed_rollback,
    "undo": undone_rollback,
}
"""How each walk begins."""
MATRIX = {
    "incident": ("channel", "tell"),
    "deploy": ("tell", "mark", "hook", "deploy", "promote"),
    "rollback": ("tell", "mark", "hook", "back"),
    "undo": ("back",),
}
"""The steps at which each walk is killed, in order."""


ASKING = {"supabase.restore"}
"""A restore is never settled by NeonOps itself: it always asks, which the tests of restores show."""


def changing_kinds() -> set[str]:
    """Every kind of step that may change something outside."""
    kinds = [kind.model for kind in step_kinds().values()]
    changing = [kind for kind in kinds if kind.effect or kind.mutates is not Step.mutates]
    return {get_args(kind.model_fields["kind"].annotation)[0] for kind in changing} - ASKING


def kinds_in_matrix() -> set[str]:
    """The kinds of the steps at which a walk is killed."""
    procedures = {each["id"]: each for each in yaml.safe_load(RUNBOOK.read_text())["procedures"]}
    names = {"incident": "incident_p1", "undo": "rollback"}
    walked = [(procedures[names.get(walk, walk)], steps) for walk, steps in MATRIX.items()]
    return {
        each["kind"]
        for procedure, steps in walked
        for phase in procedure["phases"]
        for each in phase["steps"]
        if each["id"] in steps
    }


class Walk:
    """One walk through a run."""

    def __init__(self, world: CrashWorld, name: str, point: Point) -> None:
        self._world, self._name, self._point = world, name, point
        self._first = 2 if name == "undo" else 1
        self._hold = world.sandbox.directory / "work" / "hold"
        self._held: asyncio.Task[None] | None = None

    async def walk(self) -> None:
        """Until the run has ended: kill at each step, come back, and answer what is asked."""
        steps = (*MATRIX[self._name], None)
        self._start(steps[0])
        await self._world.connected()
        await OPERATIONS[self._name](self._world)
        for step, following in pairwise(steps):
            assert step
            await self._is_killed(step)
            self._start(following)
            await self._goes_on()

    def happened(self, step: str) -> int:
        """How often the outside was changed by this step of the run that is interrupted."""
        sandbox, slack = self._world.sandbox, self._world.slack
        counts: dict[str, Callable[[], int]] = {
            "channel": lambda: sum(each.name.startswith("incident-2") for each in slack.channels()),
            "tell": lambda: sum(TOLD in m.text for c in slack.channels() for m in said(self._world, c.id)),
            "mark": lambda: len(self._marks()),
            "hook": lambda: sandbox.count("hook"),
            "deploy": lambda: sandbox.count("deployments"),
            "promote": lambda: sandbox.count("promote"),
            "back": lambda: sandbox.count("promote" if self._name == "undo" else "rollback"),
        }
        return counts[step]()

    def _marks(self) -> list[str]:
        marks = self._hold.with_name("marks.txt")
        return marks.read_text().split() if marks.exists() else []

    def _start(self, step: str | None) -> None:
        """Start the bot so that it dies at its next step."""
        if step is None or self._point != "after the POST":
            self._world.bot.start(Stop(step, self._point, self._first) if step else None)
            return
        self._world.bot.start()
        if step == "mark":
            self._hold.touch()
            self._held = asyncio.create_task(self._kill_while_held())
        else:
            self._world.sandbox.on_answer = lambda: self._kill_if(step)

    async def _kill_while_held(self) -> None:
        """A command has done what it does, and has not ended: kill now."""
        await self._world.until(lambda tx: self._marks())
        self._kill()

    def _kill_if(self, step: str) -> None:
        """The practice server has carried the step out, and has not answered: kill now."""
        if self.happened(step):
            self._world.sandbox.on_answer = lambda: None
            self._kill()

    def _kill(self) -> None:
        if self._world.bot.alive:
            os.kill(self._world.bot.pid, signal.SIGKILL)

    async def _is_killed(self, step: str) -> None:
        while self._world.bot.alive:
            await self._answer()
            await asyncio.sleep(0.01)
        assert await self._world.bot.ended() == -signal.SIGKILL, f"it was to be killed at {step}"
        self._hold.unlink(missing_ok=True)
        await self._world.slack.wait_for(lambda: not self._world.slack.connections)
        before = self._point in ("before the intent", "after the intent")
        assert self.happened(step) == (0 if before else 1), f"killed {self._point} of {step}"

    async def _goes_on(self) -> None:
        """Return when the run has ended, or the bot has been killed at its next step."""
        if not await self._world.read(lambda tx: tx.runs.find()):
            await self._world.connected()
            await OPERATIONS[self._name](self._world)
        while self._world.bot.alive and not await self._world.read(self._over):
            await self._answer()
            await asyncio.sleep(0.01)

    def _over(self, tx: Tx) -> bool:
        run, steps = self.run(tx), tx.steps.find(run_id=self.run(tx).id)
        return run.state.ended or (run.kind.led and all(step.state.settled for step in steps))

    def run(self, tx: Tx) -> Run:
        """The run whose steps are interrupted."""
        return tx.runs.find(order="-id", limit=1)[0]

    async def _answer(self) -> None:
        """Answer an open question as somebody would who looks whether it happened."""
        gates = await self._world.read(self._asked)
        for gate in gates[:1]:
            assert gate.step_id
            if gate.kind is GateKind.FAILED:
                assert self.happened(gate.step_id) == 0, f"{gate.step_id} failed, they say, but it happened"
            done = bool(self.happened(gate.step_id))
            await self._press(ids.GATE_DONE if done else ids.GATE_RETRY)

    def _asked(self, tx: Tx) -> list[Gate]:
        return [gate for gate in tx.gates.find(state="open") if gate.kind is not GateKind.START]

    async def _press(self, action: str) -> None:
        """Press it; the bot may be killed before it acks."""
        world = self._world
        message, button = await world.slack.wait_for(lambda: button_of(world, "devops", action))
        block = button["block_id"]
        await world.slack.click("bruno", message.channel, message.ts, action_id=action, block_id=block, seen=message)


def wrong_about_production(world: CrashWorld, walk: Walk, tx: Tx) -> list[str]:
    """What the run says and production does not have."""
    run = walk.run(tx)
    if run.kind.led:
        return []
    step = "promote" if run.kind.builds else "back"
    record = tx.steps.get(run.id, step)
    said = record.detail.get("deployment") if record else None
    live = world.sandbox.neonpro.vercel.live("neonpro-api").id
    held = tx.locks.holder("production")
    wrong = [f"run {run.id} is {run.state}"] if run.state is not RunState.DONE else []
    wrong += [f"{live} is live, {said} it says"] if live != said else []
    return wrong + ([f"run {held} still holds production"] if held else [])
