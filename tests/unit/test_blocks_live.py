"""A live card always offers what is to be done next."""

from typing import Any

import pytest
from card_states import actions_of
from domain_world import ALICE, World, changing, manual, opened, phase, procedure, reading, runbook

from bot.runs import stopping
from bot.runs.checklist import items
from bot.runs.outcome import Done, Failed, Outcome, Undecided, Unknown
from bot.runs.start import show_cards
from handlers.slack.blocks import ids
from handlers.slack.cards.view import read_view
from handlers.slack.drawing import draw

OTHER = procedure(phase(manual("only")), name="other")
START: dict[str, Any] = {"id": "begin", "text": "Begin", "kind": "start_procedure", "procedure": "other"}


def offered(world: World, run_id: int) -> list[str]:
    """The actions on the run's card."""
    run = world.run(run_id)
    found = world.domain.runbook.procedure(run.procedure)
    world.ask(lambda tx: show_cards(tx, run, found, "main", channel="C1"))
    card = world.ask(lambda tx: tx.cards.find(run_id=run_id))[0]
    view = world.do(read_view, card)
    assert view
    return [click["action_id"] for click in actions_of(draw(view).blocks)]


def drawn(*phases: dict[str, Any], outcome: Outcome | None = None) -> list[str]:
    """What the card offers once the engine has done what it can and its last step came to this."""
    with opened(runbook(procedure(*phases), OTHER)) as world:
        run = world.begin("work", channel="C1").id
        world.take(run)
        while tasks := world.advance(run).tasks:
            for task in tasks:
                world.settle(run, task.step.id, outcome or Done("good"))
        return offered(world, run)


def line(*steps: dict[str, Any]) -> dict[str, Any]:
    return phase(*steps, name="line", mode="sequence")


@pytest.mark.parametrize(
    ("phases", "outcome", "expected"),
    [
        pytest.param(
            [line(manual("look"))], None, [ids.STEP_TICK, ids.STEP_SKIP, ids.RUN_CANCEL], id="a person's step"
        ),
        pytest.param(
            [line(changing("a"), manual("b"))],
            None,
            [ids.STEP_TICK, ids.STEP_SKIP, ids.RUN_CANCEL],
            id="after the bot's",
        ),
        pytest.param(
            [line(changing("a"))], Failed("boom"), [ids.GATE_RETRY, ids.STEP_SKIP, ids.GATE_ABORT], id="a failure"
        ),
        pytest.param(
            [line(changing("a"))],
            Unknown("who knows"),
            [ids.GATE_RETRY, ids.GATE_DONE, ids.STEP_SKIP, ids.GATE_ABORT],
            id="an interruption",
        ),
        pytest.param(
            [line(reading("a", ticked_by="person"))],
            None,
            [ids.STEP_TICK, ids.STEP_RUN, ids.STEP_SKIP, ids.RUN_CANCEL],
            id="a look that informs",
        ),
        pytest.param(
            [line(reading("a", ticked_by="person"))],
            Done(),
            [ids.STEP_TICK, ids.STEP_RUN, ids.STEP_SKIP, ids.RUN_CANCEL],
            id="a look that found nothing to say",
        ),
        pytest.param(
            [line(reading("a"))],
            Undecided("no data"),
            [ids.STEP_TICK, ids.STEP_RUN, ids.STEP_SKIP, ids.RUN_CANCEL],
            id="a look that settled nothing",
        ),
        pytest.param(
            [line(changing("a", starts="button"), manual("b"))],
            None,
            [ids.STEP_TICK, ids.STEP_RUN, ids.STEP_SKIP, ids.RUN_CANCEL],
            id="a step that starts by a button",
        ),
        pytest.param(
            [line(START)],
            None,
            [ids.STEP_TICK, ids.STEP_START, ids.STEP_SKIP, ids.RUN_CANCEL],
            id="a step that starts a procedure",
        ),
        pytest.param(
            [phase(changing("a"), name="list"), line(manual("b", required=False))],
            Failed("boom"),
            [ids.GATE_RETRY, ids.STEP_SKIP, ids.GATE_ABORT],
            id="a failure in a checklist beside a sequence",
        ),
    ],
)
def test_what_a_live_card_offers(phases: list[dict[str, Any]], outcome: Outcome | None, expected: list[str]) -> None:
    assert drawn(*phases, outcome=outcome) == expected


def test_a_run_at_work_can_be_cancelled_once() -> None:
    with opened(runbook(procedure(line(changing("a"))))) as world:
        run = world.begin("work").id
        world.take(run)
        world.advance(run)
        assert offered(world, run) == [ids.RUN_CANCEL]
        world.do(stopping.cancel, ALICE, run)
        assert offered(world, run) == []


def test_a_step_that_is_asked_for_is_not_offered_again() -> None:
    with opened(runbook(procedure(line(changing("a", starts="button"))))) as world:
        run = world.begin("work").id
        world.do(items.run_step, ALICE, world.ref(run, "a"))
        assert offered(world, run) == [ids.RUN_CANCEL]
