"""What a click costs: counted, not timed, so that it holds on any machine."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from domain_world import ALICE, World
from sqlalchemy import event

from bot.runs.checklist import items
from bot.runs.model import StepState

STATEMENTS = 10
"""The delivery; the run, its incident, the item, what is asked about it; the item saved; the chain's end twice, the
event; the card."""


@pytest.fixture
def run(world: World) -> int:
    return world.declare().run_id


def click(world: World, run: int) -> None:
    """Tick or untick an item, as a delivery that was not seen before."""
    ref = world.ref(run, "scope")
    operation = items.untick if world.step(run, "scope").state is StepState.DONE else items.tick

    def work(tx: Any) -> None:
        assert tx.claims.claim(f"click:{ref.decision}")
        operation(world.domain, tx, ALICE, ref)

    world.ask(work)


@contextmanager
def built() -> Iterator[set[str]]:
    """The functions of SQLAlchemy that build statements, as they are called."""
    names: set[str] = set()

    def seen(frame: FrameType, what: str, _: object) -> None:
        if what == "call" and frame.f_code.co_filename.endswith(("_constructors.py", "sql/coercions.py")):
            names.add(frame.f_code.co_name)

    sys.setprofile(seen)
    try:
        yield names
    finally:
        sys.setprofile(None)


@contextmanager
def executed(world: World) -> Iterator[list[str]]:
    """The statements that the database is asked to run."""
    statements: list[str] = []

    def seen(*about: Any) -> None:
        statements.append(about[2])

    event.listen(world._engine, "before_cursor_execute", seen)
    yield statements
    event.remove(world._engine, "before_cursor_execute", seen)


def test_a_click_builds_no_statement_anew(world: World, run: int) -> None:
    for _ in range(2):
        click(world, run)
    with built() as names:
        click(world, run)
    assert names == set()


def test_a_click_asks_the_database_little(world: World, run: int) -> None:
    click(world, run)
    ref = world.ref(run, "scope")
    with executed(world) as statements:
        world.ask(lambda tx: (tx.claims.claim("click"), items.untick(world.domain, tx, ALICE, ref)))
    asked = [statement for statement in statements if not statement.startswith("BEGIN")]
    assert len(asked) <= STATEMENTS, asked


def test_a_transaction_asks_each_question_once_until_the_answer_may_be_another(world: World, run: int) -> None:
    with executed(world) as statements:
        found = world.ask(lambda tx: (tx.runs.get(run), tx.runs.get(run), len(tx.runs.find()), len(tx.runs.find())))
    assert sum("FROM run" in statement for statement in statements) == 2
    assert found[0] == found[1]


def test_what_a_transaction_saved_is_what_it_reads_then(world: World, run: int) -> None:
    def work(tx: Any) -> list[str]:
        titles = [tx.runs.get(run).title]
        tx.runs.save(tx.runs.get(run), title="Another")
        return [*titles, tx.runs.get(run).title, *(each.title for each in tx.runs.find(id=run))]

    assert world.ask(work)[1:] == ["Another", "Another"]
