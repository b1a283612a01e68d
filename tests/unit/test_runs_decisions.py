"""The next decision of a run, and who may take it."""

from typing import Any

import pytest
from domain_world import ALICE, BRUNO, World, changing, manual, opened, phase, procedure, reading, runbook

from bot.deploys.request import Asked, request_deploy
from bot.runs import stopping
from bot.runs.model import RunState
from bot.runs.outcome import Done, Failed, Outcome
from bot.runs.start import show_cards
from handlers.slack.cards.view import CardView, read_view

LINE = {"name": "line", "mode": "sequence"}


def seen(world: World, run_id: int, stage: str = "main") -> CardView:
    run = world.run(run_id)
    world.ask(lambda tx: show_cards(tx, run, world.domain.procedure_of(tx, run), stage, channel="C1"))
    card = world.ask(lambda tx: tx.cards.find(run_id=run_id, page=stage))[0]
    view = world.do(read_view, card)
    assert view
    return view


def coming(*steps: dict[str, Any], outcome: Outcome | None = None) -> str:
    """The next decision of a sequence once the bot has done what it can, and its last step came to this."""
    with opened(runbook(procedure(phase(*steps, **LINE), kind="deploy"))) as world:
        run = world.begin("work", channel="C1").id
        world.take(run)
        while tasks := world.advance(run).tasks:
            for task in tasks:
                world.settle(run, task.step.id, outcome or Done())
        return seen(world, run).next()


WHO = "Alice and Bruno (platform lead or devops)"


@pytest.mark.parametrize(
    ("steps", "outcome", "expected"),
    [
        pytest.param([manual("look")], None, f"Next: tick ‹Look› – {WHO}", id="a person's step"),
        pytest.param(
            [changing("a")], Failed("boom"), f"Next: ‹A› failed: retry, skip or abort – {WHO}", id="a failure"
        ),
        pytest.param([changing("a", starts="button")], None, f"Next: start ‹A› – {WHO}", id="a button"),
        pytest.param([reading("a", ticked_by="person")], None, f"Next: tick ‹A› – {WHO}", id="a look"),
        pytest.param([changing("a")], None, "", id="nothing left"),
    ],
)
def test_the_next_decision(steps: list[dict[str, Any]], outcome: Outcome | None, expected: str) -> None:
    assert coming(*steps, outcome=outcome) == expected


def test_while_the_bot_works_the_decision_ahead_is_named() -> None:
    with opened(runbook(procedure(phase(changing("a"), manual("look"), **LINE), kind="deploy"))) as world:
        run = world.begin("work", channel="C1").id
        world.take(run)
        world.advance(run)
        assert seen(world, run).next() == f"Next decision: tick ‹Look› – {WHO}"
        world.do(stopping.cancel, ALICE, run)
        assert seen(world, run).next() == ""


def test_a_deploy_that_waits_is_approved_by_another_than_who_asked(world: World) -> None:
    run = world.do(request_deploy, BRUNO, Asked("api", "C1")).id
    assert seen(world, run, "before").next().startswith("Next: complete the checklist (")
    world.tick_all(run, "before")
    assert seen(world, run, "before").next() == "Next: approve – Alice (platform lead or cto)"
    world.approve(run)
    assert seen(world, run, "before").next() == ""


def test_who_asked_cannot_approve_and_the_card_says_that_nobody_else_is_there(world: World) -> None:
    run = world.do(request_deploy, ALICE, Asked("api", "C1")).id
    world.tick_all(run, "before")
    words = seen(world, run, "before").next()
    assert words == "Next: approve – nobody in the team file (requires the role platform lead or cto)"


def test_what_has_ended_asks_nothing(world: World) -> None:
    run = world.do(request_deploy, BRUNO, Asked("api", "C1")).id
    world.do(stopping.cancel, BRUNO, run)
    assert world.run(run).state is RunState.CANCELLED
    assert seen(world, run, "before").next() == ""
