"""Decisions that meet, again and again at two desks of one database: exactly one of them wins."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from race_world import (
    AHEAD,
    ALICE,
    BRUNO,
    FACTS,
    HELENA,
    SHA,
    approved_deploy,
    asked_deploy,
    confirmed_rollback,
    end,
    race_world,
)
from torture import often

from bot.deploys.approval.approve import approve, start
from bot.deploys.rollbacks.confirmation import start_rollback
from bot.errors import Refusal
from bot.holds.holds import LOCK, put
from bot.runs.model import RunState
from bot.runs.stopping import cancel

FEW, MOST = often(6, 200), 200
"""Races at least, and at most until each side has won one."""
ACTIVE, WAITING, CANCELLED, ABORTED = RunState.ACTIVE, RunState.WAITING, RunState.CANCELLED, RunState.ABORTED


def turns(won: Counter[Any]) -> Iterator[int]:
    """Numbers of races: on and on until each side has won one."""
    for turn in range(MOST):
        if turn >= FEW and len(won) > 1:
            return
        yield turn


async def test_of_two_deploys_asked_for_approved_and_started_at_once_one_starts(database: str) -> None:
    won: Counter[int] = Counter()
    with race_world(database) as world:
        for turn in turns(won):
            runs = await world.race(turn, (asked_deploy, BRUNO), (asked_deploy, HELENA))
            await world.race(turn, *((approve, ALICE, run.id, SHA) for run in runs))
            await world.race(turn, *((start, run.id, FACTS) for run in runs))
            ended = await world.do(end, *runs)
            assert sorted(ended.states) == [ACTIVE, WAITING]
            assert ended.kinds == ["run.approved", "run.approved", "run.started", "run.held"]
            won[ended.states.index(ACTIVE)] += 1
    assert len(won) == 2, "each of them won at times"


async def test_of_a_deploy_and_a_rollback_one_starts(database: str) -> None:
    won: Counter[int] = Counter()
    with race_world(database) as world:
        for turn in turns(won):
            runs = await world.do(
                lambda *transactions: [approved_deploy(*transactions), confirmed_rollback(*transactions)]
            )
            await world.race(turn, (start, runs[0].id, FACTS), (start_rollback, runs[1].id, AHEAD))
            ended = await world.do(end, *runs)
            assert sorted(ended.states) == [ACTIVE, WAITING]
            assert ended.kinds.count("run.started") == 1
            won[ended.states.index(ACTIVE)] += 1
    assert len(won) == 2, "each of them won at times"


async def test_of_an_approval_and_a_cancellation_the_cancellation_stands(database: str) -> None:
    accepted: Counter[bool] = Counter()
    with race_world(database) as world:
        for turn in turns(accepted):
            run = await world.do(asked_deploy)
            approval, _ = await world.race(turn, (approve, ALICE, run.id, SHA), (cancel, BRUNO, run.id))
            came_first = not isinstance(approval, Refusal)
            await world.do(start, run.id, FACTS)
            ended = await world.do(end, run)
            assert ended.states == [CANCELLED]
            assert ended.kinds == ["run.approved"] * came_first + ["run.ended"]
            accepted[came_first] += 1
    assert len(accepted) == 2, "each of them came first at times"


async def test_an_approved_deploy_is_started_and_then_aborted_or_is_never_started(database: str) -> None:
    won: Counter[RunState] = Counter()
    with race_world(database) as world:
        for turn in turns(won):
            run = await world.do(approved_deploy)
            await world.race(turn, (start, run.id, FACTS), (cancel, BRUNO, run.id))
            ended = await world.do(end, run)
            (state,) = ended.states
            assert ended.kinds == ["run.approved"] + ["run.started"] * (state is ABORTED) + ["run.ended"]
            won[state] += 1
    assert set(won) == {CANCELLED, ABORTED}, "each of them won at times"


async def test_of_two_approvals_one_counts_and_of_two_starts_too(database: str) -> None:
    won: Counter[str | None] = Counter()
    with race_world(database) as world:
        for turn in turns(won):
            run = await world.do(asked_deploy)
            given = await world.race(turn, (approve, ALICE, run.id, SHA), (approve, HELENA, run.id, SHA))
            refused = [each.sentence for each in given if isinstance(each, Refusal)]
            assert ["already approved it" in sentence for sentence in refused] == [True]
            await world.race(turn, (start, run.id, FACTS), (start, run.id, FACTS))
            ended = await world.do(end, run)
            assert (ended.states, ended.kinds) == ([ACTIVE], ["run.approved", "run.started"])
            won[ended.approved_by] += 1
    assert set(won) == {ALICE.user, HELENA.user}, "each of them won at times"


async def test_a_deploy_starts_before_the_lock_or_not_at_all(database: str) -> None:
    won: Counter[RunState] = Counter()
    with race_world(database) as world:
        for turn in turns(won):
            run = await world.do(approved_deploy)
            await world.race(turn, (start, run.id, FACTS), (put, BRUNO, LOCK, "Wait for the fix"))
            ended = await world.do(end, run)
            started_first, held = ["run.started", "hold.placed"], ["hold.placed", "run.held"]
            assert ended.kinds[1:] == (started_first if ended.states == [ACTIVE] else held)
            won[ended.states[0]] += 1
    assert set(won) == {ACTIVE, WAITING}, "each of them won at times"
