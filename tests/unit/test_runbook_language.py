"""A card and the record of a run say the runbook's words to each reader."""

from domain_world import ALICE, World

from bot.text.values import ENGLISH, Reader, Text, reading, said_to
from handlers.slack.cards.view import read_view
from handlers.slack.drawing import draw

PORTUGUESE = Reader("pt-BR")


def card(world: World, run: int) -> str:
    view = world.do(read_view, world.ask(lambda tx: tx.cards.find(run_id=run))[0])
    assert view
    return draw(view).text


def test_a_card_says_the_items_of_the_runbook_in_the_readers_language(world: World) -> None:
    run = world.declare("p1").run_id
    item = world.domain.loaded.runbook.procedure(world.run(run).procedure).phases[0].steps[0]
    assert item.text in card(world, run)
    with reading(PORTUGUESE):
        assert str(item.pt) in card(world, run)


def test_what_was_recorded_for_one_reader_is_read_by_another_in_their_language(world: World) -> None:
    run = world.declare("p2").run_id
    procedure = world.domain.loaded.runbook.procedure(world.run(run).procedure)
    item = next(step for _, step in procedure.steps() if step.by_person and step.pt)
    with reading(PORTUGUESE):
        world.tick(run, item.id, ALICE)
    ticked = next(event for event in world.events(run) if event.kind == "step.ticked")
    assert isinstance(ticked.data["text"], Text)
    assert said_to(ENGLISH, ticked.data["text"]) == item.text
    assert said_to(PORTUGUESE, ticked.data["text"]) == item.pt
