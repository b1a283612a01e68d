"""A kill between a operation outside and its answer, at each place where one is done: it is never done again."""

import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from crash_checks import complaints
from crash_operations import approved_deploy, confirmed_rollback, typed
from crash_people import Ledger
from crash_walk import at_rest
from crash_world import CrashWorld, crash_world

from bot.runs.model import RunState

Operation = Callable[[CrashWorld], Awaitable[object]]


@pytest.mark.parametrize(
    ("kind", "path", "operation"),
    [
        ("create", "deployments", approved_deploy),
        ("promote", "promote", approved_deploy),
        ("rollback", "rollback", confirmed_rollback),
    ],
)
async def test_production_is_asked_once_although_the_bot_dies_before_the_answer(
    kind: str, path: str, operation: Operation, tmp_path: Path
) -> None:
    async with crash_world(tmp_path) as world:
        world.bot.start()
        await world.connected()
        kill_at(world, kind)
        await operation(world)
        await come_back(world)
        await world.until(lambda tx: tx.runs.get(1).state is RunState.DONE)
        assert [asked.kind for asked in world.sandbox.asked].count(path) == 1


def kill_at(world: CrashWorld, kind: str) -> None:
    """Kill the bot in the moment in which Vercel carries out the first change of this kind, before it answers."""
    vercel, pid = world.sandbox.neonpro.vercel, world.bot.pid

    def changed() -> None:
        if vercel.mutations and vercel.mutations[-1].kind == kind:
            vercel.on_change = lambda: None
            if world.bot.alive:
                os.kill(pid, signal.SIGKILL)

    vercel.on_change = changed


async def come_back(world: CrashWorld) -> None:
    assert await world.bot.ended() == -signal.SIGKILL
    await world.slack.wait_for(lambda: not world.slack.connections)
    world.bot.start()
    await world.connected()


@pytest.mark.parametrize("method", ["conversations.create", "conversations.invite", "chat.postMessage"])
async def test_slack_is_told_once_although_the_bot_dies_before_the_answer(method: str, tmp_path: Path) -> None:
    async with crash_world(tmp_path) as world:
        world.bot.start()
        await world.connected()
        world.slack.faults.lose(method)
        await typed(world, "alice", "/incident p1 Checkout is down")
        await world.slack.wait_for(lambda: any(call.answer_lost for call in world.slack.calls))
        await world.kill()
        world.bot.start()
        await at_rest(world)
        assert await world.read(lambda tx: complaints(world, Ledger(), tx)) == []
