"""A card stands for minutes or hours between two changes: what it says of time stays true meanwhile."""

from dataclasses import replace
from datetime import timedelta

from card_states import NOW, views
from domain_world import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_blocks_rollback import asked
from torture import often

from bot.runs.model import StepState
from bot.runs.start import show_cards
from bot.text import span
from handlers.slack.cards.view import CardView, read_view
from handlers.slack.drawing import draw

SOME = settings(max_examples=often(25, 1200), deadline=None, suppress_health_check=list(HealthCheck))


def running(view: CardView) -> CardView:
    """The view with every started step still running."""
    records = {name: replace(each, ended_at=None) if each.state is StepState.STARTED else each
               for name, each in view.records.items()}  # fmt: skip
    return replace(view, records=records)


@SOME
@given(views(), st.integers(1, 9 * 60))
def test_no_card_says_what_is_wrong_some_minutes_later(every: list[CardView], seconds: int) -> None:
    for view in filter(lambda each: each.goes_on, map(running, every)):
        assert draw(view) == draw(replace(view, now=NOW + timedelta(seconds=seconds)))


def test_a_running_step_and_its_phase_and_run_say_since_when(world: World) -> None:
    run = world.begin("deploy", environment="production", targets=("api",), started_at=world.now)
    world.set_step(run.id, "install_dependencies", state=StepState.STARTED, started_at=world.now, attempt=1)
    world.wait(minutes=3)
    text = str(draw(_view(world, run.id)))
    assert "since <!date^" in text
    assert span(timedelta(minutes=3)) not in text


def test_the_candidates_of_a_rollback_carry_their_dates(world: World) -> None:
    run = asked(world)
    before = draw(_view(world, run.id))
    world.wait(days=3)
    assert draw(_view(world, run.id)) == before


def _view(world: World, run_id: int) -> CardView:
    procedure, run = world.domain.runbook.procedure(world.run(run_id).procedure), world.run(run_id)
    world.ask(lambda tx: show_cards(tx, run, procedure, "main" if run.started_at else "before", channel="C1"))
    view = world.do(read_view, world.ask(lambda tx: tx.cards.find(run_id=run_id))[0])
    assert view
    return view
