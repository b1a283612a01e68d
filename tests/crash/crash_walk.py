"""A seeded walk: people work, the bot is killed again and again, and at the end everything is looked at."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from crash_checks import Aftermath, complaints, standing_still
from crash_people import PEOPLE, Habits, Ledger, Person
from crash_world import CrashWorld, crash_world
from torture import often

from bot.ports import Tx
from bot.runs.model import StepState

KILLS = often(5, 10)
"""Kills of one walk."""
REST_WITHIN = 120.0
"""Seconds after which what is not done is stuck: Slack's rate lets one replica draw fifty cards a minute."""


async def walk(seed: int, habits: Habits, directory: Path) -> list[str]:
    """Walk, kill, and start a last time; what is wrong afterwards."""
    async with crash_world(directory) as world:
        ledger, dice = Ledger(), random.Random(seed)
        people = [Person(name, seed, habits, world, ledger) for name in PEOPLE]
        for _ in range(KILLS):
            world.bot.start()
            async with at_work(people):
                await _moment(world, dice)
                await world.kill()
        world.bot.start()
        await world.connected()
        await at_rest(world)
        return await world.read(lambda tx: complaints(world, ledger, tx))


@asynccontextmanager
async def at_work(people: list[Person]) -> AsyncIterator[None]:
    """People act, each on their own; at the end whoever still waits for an answer gives up."""
    acting = [asyncio.create_task(person.act()) for person in people]
    yield
    for task in acting:
        task.cancel()
    for outcome in await asyncio.gather(*acting, return_exceptions=True):
        if not isinstance(outcome, asyncio.CancelledError):
            raise AssertionError("somebody stopped acting") from outcome


async def _moment(world: CrashWorld, dice: random.Random) -> None:
    """Let the bot live for a while: it is killed while it starts, at some passage to or from Slack, or at some time."""
    if dice.random() < 0.15:
        await asyncio.sleep(dice.uniform(0, 0.4))
        return
    await world.connected()
    passages = _passages(world) + dice.randint(1, 40)
    with suppress(TimeoutError):
        await world.slack.wait_for(lambda: _passages(world) >= passages, timeout=dice.uniform(0.1, 1.5))
    await asyncio.sleep(dice.choice([0, 0, dice.uniform(0, 0.02)]))


def _passages(world: CrashWorld) -> int:
    newest = world.slack.traffic(1)
    return int(newest[-1]["n"]) if newest else 0


async def at_rest(world: CrashWorld) -> None:
    """Wait until the bot has nothing left to do."""

    def rests(tx: Tx) -> bool:
        """no effect waits, every card is shown, no step runs, and no run waits to be driven"""
        steps = tx.steps.find(state=StepState.STARTED)
        under_way = [s for s in steps if not tx.runs.find(parent_run=s.run_id, parent_step=s.step_id)]
        if under_way or tx.effects.waiting()[0] or tx.cards.dirty():
            return False
        return not any(standing_still(Aftermath(world, Ledger(), tx, [])))

    with suppress(AssertionError):
        await world.until(rests, seconds=REST_WITHIN)
