"""What happens to an incident is said where it was declared, and never of a drill or of what is confidential."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from domain_world import ALICE, CARLA, World

from bot.duties.timers import fire
from bot.effects.outgoing import Outgoing
from bot.incidents import conduct
from bot.incidents.model import Incident, IncidentStatus
from handlers.slack.messaging.sender import outdated
from handlers.slack.messaging.template import Scene, render
from handlers.slack.table import MESSAGES

OPERATIONS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "severity": ((conduct.change_severity, "p1"),),
    "downgrade": ((conduct.change_severity, "p3"),),
    "resolved": ((conduct.resolve, "it was a bad deploy"),),
    "closed": ((conduct.close,),),
    "reopened": ((conduct.resolve, ""), (conduct.reopen,)),
}


def said(world: World, incident: Incident) -> list[str]:
    """The public messages that are planned, as they read now."""
    run, now = world.run(incident.run_id), world.incident(incident.id)
    planned = world.messages(target=f"run:{run.id}:announce")
    scenes = [(each.template, Scene(run, now, each.data, found=world.domain.runbook)) for each in planned]
    return [render(MESSAGES[template], scene).text for template, scene in scenes]


def conduct_all(world: World, incident: Incident, name: str) -> None:
    for operation, *more in OPERATIONS[name]:
        world.wait(minutes=5)
        world.do(operation, CARLA if incident.confidential else ALICE, incident.id, *more)


WORDS = {
    "severity": ["changed the severity of *Checkout is down* from P2 to *P1*"],
    "downgrade": ["changed the severity of *Checkout is down* from P2 to *P3*"],
    "resolved": ["resolved P2 *Checkout is down* after 5 min."],
    "closed": ["closed P2 *Checkout is down*. 12 items were left open."],
    "reopened": ["resolved P2 *Checkout is down* after 5 min", "reopened P2 *Checkout is down*: it is not over"],
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_was_announced_is_told_on(world: World, name: str) -> None:
    incident = world.declare("p2")
    conduct_all(world, incident, name)
    first, *others = said(world, incident)
    assert "declared by" in first
    assert len(others) == len(WORDS[name])
    assert all(words in text for words, text in zip(WORDS[name], others, strict=True))


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize(("severity", "more"), [("p2", {"drill": True}), ("security", {}), ("data-loss", {})])
def test_what_was_not_announced_stays_untold(world: World, name: str, severity: str, more: dict[str, Any]) -> None:
    incident = world.declare(severity, **more)
    conduct_all(world, incident, name)
    assert said(world, incident) == []


def test_what_is_said_later_tells_what_was_so_then(world: World) -> None:
    incident = world.declare("p2")
    for severity in ("p1", "p3"):
        world.do(conduct.change_severity, ALICE, incident.id, severity)
    world.wait(minutes=7)
    world.do(conduct.resolve, ALICE, incident.id, "")
    world.do(conduct.reopen, ALICE, incident.id)
    declared, up, down, resolved, _ = said(world, incident)
    assert "P2 partial outage" in declared
    assert "from P2 to *P1*" in up
    assert "from P1 to *P3*" in down
    assert "resolved P3 *Checkout is down* after 7 min" in resolved


@pytest.mark.parametrize(
    ("to", "message", "changes", "posted"),
    [
        ("incidents", "incident.declared", {}, True),
        ("incidents", "incident.declared", {"confidential": True}, False),
        ("run", "timer.phase", {}, True),
        ("run", "timer.phase", {"status": IncidentStatus.RESOLVED}, False),
        ("run", "timer.response", {"status": IncidentStatus.CLOSED}, False),
        ("run", "incident.resolved", {"status": IncidentStatus.RESOLVED}, True),
    ],
)
def test_what_may_not_be_said_any_more_is_not_posted(
    world: World, to: str, message: str, changes: dict[str, Any], posted: bool
) -> None:
    incident = replace(world.declare("p2"), **changes)
    assert (outdated(Outgoing((to,), message), incident) == "") is posted


def pending(world: World) -> set[str]:
    return {timer.kind for timer in world.ask(lambda tx: tx.timers.find(run_id=1, state="pending"))}


@pytest.mark.parametrize("end", ["resolved", "closed"])
def test_no_clock_runs_when_it_is_over_whatever_is_changed(world: World, end: str) -> None:
    incident = world.declare("p2")
    conduct_all(world, incident, end)
    if end == "resolved":
        world.do(conduct.change_severity, ALICE, incident.id, "p1")
    assert pending(world) == set()


@pytest.mark.parametrize("kind", ["response", "phase", "budget"])
@pytest.mark.parametrize("end", ["resolved", "closed"])
def test_a_timer_that_is_left_reminds_of_nothing_that_is_over(world: World, kind: str, end: str) -> None:
    incident = world.declare("p1")
    conduct_all(world, incident, end)
    timer = world.ask(lambda tx: tx.timers.set(kind, "immediate", world.now, incident.run_id))
    assert world.do(fire, timer.id) is None
    assert not [event for event in world.kinds(incident.run_id) if event.startswith("timer.")]


def test_reopening_sets_the_clocks_of_the_severity_that_it_has_now(world: World) -> None:
    incident = world.declare("p3")
    conduct_all(world, incident, "resolved")
    world.do(conduct.change_severity, ALICE, incident.id, "p1")
    world.do(conduct.reopen, ALICE, incident.id)
    timers = world.ask(lambda tx: tx.timers.find(run_id=1, state="pending"))
    due = {(each.kind, each.key): each.due_at - incident.declared_at for each in timers}
    assert due[("escalation", "2")] == world.now - incident.declared_at + timedelta(minutes=15)
    assert due[("phase", "investigation")] == timedelta(minutes=45)
