"""Events: heard in the transaction in which they happened, by everybody who wants to know, or by nobody."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from domain_world import ALICE, World

import bot
from bot.backups.subscribers import keep_backup
from bot.domain import Domain
from bot.domain.subscribing import joined, on
from bot.events import Event
from bot.holds import holds
from bot.holds.events import HoldsChanged
from bot.incidents import conduct, events
from bot.incidents.declare import Declaration, declare
from bot.ports import Tx
from bot.power.events import RolesChanged
from bot.production.subscribers import seen_live
from bot.runs.events import RunEnded, StepSettled
from bot.runs.model import RunState
from bot.runs.start import finish
from bot.subscribers import AREAS, SUBSCRIBERS

FOLDERS = sorted(file.parent.name for file in Path(bot.__path__[0]).glob("*/subscribers.py"))
FOUND = [import_module(f"bot.{folder}.subscribers") for folder in FOLDERS]
"""What areas hear, as it lies on the disk."""


class Broken(Exception):
    """What a subscriber with a defect raises."""


def broken(domain: Domain, tx: Tx, event: Event) -> None:
    tx.timeline.record("note.added", ALICE, None, text="written before the defect")
    raise Broken


@pytest.mark.parametrize("area", FOUND, ids=lambda area: area.__name__)
def test_every_area_that_hears_something_stands_in_the_table(area: ModuleType) -> None:
    assert any(area.SUBSCRIBERS is each for each in AREAS)


@pytest.mark.parametrize("event", Event.__subclasses__(), ids=lambda event: event.__name__)
def test_an_event_reaches_each_of_its_subscribers_area_by_area(event: type[Event]) -> None:
    heard_by = [each for area in AREAS for listed in area if listed.event is event for each in listed.subscribers]
    assert heard_by
    assert list(SUBSCRIBERS[event]) == heard_by


def test_what_is_known_of_production_comes_before_what_deploys_make_of_it() -> None:
    hear = SUBSCRIBERS[StepSettled]
    assert (hear.index(keep_backup), hear.index(seen_live)) == (0, 1)


def test_subscribers_are_called_in_the_order_of_the_areas(world: World) -> None:
    called: list[int] = []
    areas = [[on(RolesChanged, lambda domain, tx, event, number=number: called.append(number))] for number in range(3)]
    world.domain = replace(world.domain, subscribers=joined(areas))
    world.do(lambda domain, tx: domain.publish(tx, RolesChanged(ALICE.user)))
    assert called == [0, 1, 2]


def _end(domain: Domain, tx: Tx, run_id: int) -> None:
    run = tx.runs.get(run_id)
    assert run
    finish(domain, tx, run, RunState.ABORTED)


CAUSES: dict[type[Event], Callable[[World], tuple[Any, ...]]] = {
    HoldsChanged: lambda world: (holds.put, ALICE, "lock", "the migration"),
    events.IncidentDeclared: lambda world: (declare, ALICE, Declaration("p1", "It is down")),
    events.SeverityChanged: lambda world: (conduct.change_severity, ALICE, world.declare("p2").id, "p1"),
    events.IncidentResolved: lambda world: (conduct.resolve, ALICE, world.declare().id, "fixed"),
    events.IncidentClosed: lambda world: (conduct.close, ALICE, world.declare().id),
    RunEnded: lambda world: (_end, world.begin("deploy").id),
}


def rows(world: World) -> list[Any]:
    """All that these operations can write."""
    return [world.ask(lambda tx, name=name: getattr(tx, name).find())  # type: ignore[misc]
            for name in ("runs", "steps", "holds", "incidents", "effects", "timers", "alerts", "cards")]  # fmt: skip


@pytest.mark.parametrize("event", CAUSES, ids=lambda event: event.__name__)
def test_a_subscriber_that_fails_takes_back_what_was_written_with_it(world: World, event: type[Event]) -> None:
    operation, *arguments = CAUSES[event](world)
    before, told = rows(world), world.ask(lambda tx: tx.timeline.head())
    world.domain = replace(world.domain, subscribers={**SUBSCRIBERS, event: (*SUBSCRIBERS[event], broken)})
    with pytest.raises(Broken):
        world.do(operation, *arguments)
    assert (rows(world), world.ask(lambda tx: tx.timeline.head())) == (before, told)


@pytest.mark.parametrize("event", CAUSES, ids=lambda event: event.__name__)
def test_a_stop_before_the_commit_separates_no_subscriber_from_its_event(world: World, event: type[Event]) -> None:
    operation, *arguments = CAUSES[event](world)
    before = rows(world)

    def stopped(domain: Domain, tx: Tx) -> None:
        operation(domain, tx, *arguments)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.do(stopped)
    assert rows(world) == before


def test_a_lock_is_heard_of_in_its_own_transaction(world: World) -> None:
    heard: list[tuple[str, bool]] = []

    def hear(domain: Domain, tx: Tx, event: HoldsChanged) -> None:
        heard.append((event.environment, holds.standing(tx, "lock") is not None))

    world.domain = replace(world.domain, subscribers=joined([[on(HoldsChanged, hear)]]))
    world.do(holds.put, ALICE, "lock", "the migration")
    world.do(holds.lift, ALICE, "lock")
    assert heard == [("production", True), ("production", False)]
