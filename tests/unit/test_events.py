"""Events: heard in the transaction in which they happened, by everybody who wants to know, or by nobody."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from desk_world import ALICE, World

from bot.alerts.subscribers import call_first, call_for_item, call_more, call_next, call_off_item, note_arrival
from bot.backups.subscribers import keep_backup
from bot.deploys import subscribers as deploys
from bot.effects.events import NotDelivered
from bot.events import Event
from bot.holds import holds
from bot.holds.events import HoldsChanged
from bot.incidents import conduct, events
from bot.incidents.declare import Declaration, declare
from bot.incidents.subscribers import draw_all, draw_theirs, show_elsewhere
from bot.office import Office, Subscriber
from bot.office.subscribing import joined, on
from bot.people.events import MemberChanged
from bot.ports import Tx
from bot.power.events import PowersChanged, RolesChanged
from bot.power.subscribers import note_roles
from bot.production.subscribers import seen_live
from bot.runs.events import RunEnded, StepSettled, StepStarted
from bot.runs.model import RunState
from bot.runs.start import finish
from bot.runs.subscribers import draw_cards
from bot.subscribers import SUBSCRIBERS

HEARD_BY: dict[type[Event], tuple[Subscriber, ...]] = {
    RunEnded: (deploys.follow_end,),
    StepStarted: (call_for_item,),
    StepSettled: (keep_backup, seen_live),
    HoldsChanged: (deploys.look_at_gates,),
    MemberChanged: (note_roles, draw_theirs),
    RolesChanged: (deploys.review_approvals,),
    PowersChanged: (draw_cards, draw_all, deploys.review_approvals, deploys.judge_by_powers),
    NotDelivered: (call_next, show_elsewhere),
    events.IncidentDeclared: (call_first, deploys.look_at_gates),
    events.SeverityChanged: (call_more, deploys.look_at_gates),
    events.BecameConfidential: (deploys.hide_name,),
    events.IncidentResolved: (deploys.look_at_gates,),
    events.IncidentClosed: (deploys.look_at_gates,),
    events.IncidentReopened: (deploys.look_at_gates,),
    events.ItemReopened: (call_off_item,),
    events.MemberJoined: (note_arrival,),
}


class Broken(Exception):
    """What a subscriber with a defect raises."""


def broken(office: Office, tx: Tx, event: Event) -> None:
    tx.timeline.record("note.added", ALICE, None, text="written before the defect")
    raise Broken


@pytest.mark.parametrize("event", Event.__subclasses__(), ids=lambda event: event.__name__)
def test_an_event_reaches_each_of_its_subscribers_in_this_order(event: type[Event]) -> None:
    assert SUBSCRIBERS[event] == HEARD_BY[event]


def test_no_event_of_the_table_is_unknown() -> None:
    assert set(SUBSCRIBERS) == set(Event.__subclasses__())


def test_subscribers_are_called_in_the_order_of_the_areas(world: World) -> None:
    called: list[int] = []
    areas = [[on(RolesChanged, lambda office, tx, event, number=number: called.append(number))] for number in range(3)]
    world.office = replace(world.office, subscribers=joined(areas))
    world.do(lambda office, tx: office.publish(tx, RolesChanged(ALICE.user)))
    assert called == [0, 1, 2]


def _end(office: Office, tx: Tx, run_id: int) -> None:
    run = tx.runs.get(run_id)
    assert run
    finish(office, tx, run, RunState.ABORTED)


CAUSES: dict[type[Event], Callable[[World], tuple[Any, ...]]] = {
    HoldsChanged: lambda world: (holds.put, ALICE, "lock", "the migration"),
    events.IncidentDeclared: lambda world: (declare, ALICE, Declaration("p1", "It is down")),
    events.SeverityChanged: lambda world: (conduct.change_severity, ALICE, world.declare("p2").id, "p1"),
    events.IncidentResolved: lambda world: (conduct.resolve, ALICE, world.declare().id, "fixed"),
    events.IncidentClosed: lambda world: (conduct.close, ALICE, world.declare().id),
    RunEnded: lambda world: (_end, world.begin("deploy").id),
}


def rows(world: World) -> list[Any]:
    """All that these deeds can write."""
    return [world.ask(lambda tx, name=name: getattr(tx, name).find())  # type: ignore[misc]
            for name in ("runs", "steps", "holds", "incidents", "effects", "timers", "alerts", "cards")]  # fmt: skip


@pytest.mark.parametrize("event", CAUSES, ids=lambda event: event.__name__)
def test_a_subscriber_that_fails_takes_back_what_was_written_with_it(world: World, event: type[Event]) -> None:
    deed, *arguments = CAUSES[event](world)
    before, told = rows(world), world.ask(lambda tx: tx.timeline.head())
    world.office = replace(world.office, subscribers={**SUBSCRIBERS, event: (*SUBSCRIBERS[event], broken)})
    with pytest.raises(Broken):
        world.do(deed, *arguments)
    assert (rows(world), world.ask(lambda tx: tx.timeline.head())) == (before, told)


@pytest.mark.parametrize("event", CAUSES, ids=lambda event: event.__name__)
def test_a_stop_before_the_commit_separates_no_subscriber_from_its_event(world: World, event: type[Event]) -> None:
    deed, *arguments = CAUSES[event](world)
    before = rows(world)

    def stopped(office: Office, tx: Tx) -> None:
        deed(office, tx, *arguments)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.do(stopped)
    assert rows(world) == before


def test_a_lock_is_heard_of_in_its_own_transaction(world: World) -> None:
    heard: list[tuple[str, bool]] = []

    def hear(office: Office, tx: Tx, event: HoldsChanged) -> None:
        heard.append((event.environment, holds.standing(tx, "lock") is not None))

    world.office = replace(world.office, subscribers=joined([[on(HoldsChanged, hear)]]))
    world.do(holds.put, ALICE, "lock", "the migration")
    world.do(holds.lift, ALICE, "lock")
    assert heard == [("production", True), ("production", False)]
