"""A change of severity: what means the same keeps its record, what does not is done anew."""

from typing import Any

import pytest
from domain_world import ALICE, NOON, World, manual, opened, phase, procedure, reading, runbook

from bot.incidents import conduct
from bot.runs.engine.settling import delivered
from bot.runs.model import StepRecord, StepState
from bot.runs.outcome import Done

OPEN, DONE, STARTED = StepState.OPEN, StepState.DONE, StepState.STARTED


def alert(*roles: str, **more: Any) -> dict[str, Any]:
    return {"id": "alert", "text": "Alert", "kind": "notify", "roles": [*roles], **more}


def severities(*names: str) -> list[dict[str, Any]]:
    return [
        {"id": name, "title": name, "impact": "All", "response": "15m", "procedure": name, "rank": rank}
        for rank, name in enumerate(names, 1)
    ]


def world_of(**checklists: list[dict[str, Any]]) -> Any:
    """A domain whose severities have these checklists, the first being the worst."""
    phases = {name: phase(*steps, name=f"{name}_first") for name, steps in checklists.items()}
    made = [procedure(each, kind="incident", name=name) for name, each in phases.items()]
    return opened(runbook(*made, severities=severities(*checklists)))


def changed(world: World, *path: str) -> dict[str, StepRecord]:
    """Declared at the first severity, everything done, then changed along the path."""
    incident = world.declare(path[0])
    for name in world.steps(incident.run_id):
        world.set_step(incident.run_id, name, state=DONE, by="neonops", at=NOON, found="done", attempt=1, decision=1)
    for severity in path[1:]:
        world.do(conduct.change_severity, ALICE, incident.id, severity)
    return world.steps(incident.run_id)


SAME = [
    (manual("look"), manual("look", text="Look closely", note="How"), DONE),
    (manual("look"), reading("look"), OPEN),
    (alert("devops"), alert("devops", text="Call"), DONE),
    (alert("devops"), alert("platform_lead"), OPEN),
    (alert("devops"), alert("devops", "platform_lead"), OPEN),
    (alert("devops"), alert("devops", message="Come"), OPEN),
    (reading("look"), reading("look", timeout="9s", required=False), DONE),
    (reading("look"), reading("look", url="https://other.example.com"), OPEN),
    (reading("look"), reading("look", ticked_by="person"), OPEN),
]


@pytest.mark.parametrize(("before", "after", "state"), SAME)
def test_an_item_keeps_its_record_only_when_it_means_the_same(
    before: dict[str, Any], after: dict[str, Any], state: StepState
) -> None:
    with world_of(p1=[before], p2=[after]) as world:
        record = changed(world, "p1", "p2")[before["id"]]
        assert (record.state, record.found, record.by) == (
            (state, "done", "neonops") if state is DONE else (state, None, None)
        )


@pytest.mark.parametrize("path", ["p1 p2", "p2 p1", "p2 p1 p2", "p1 p2 p1", "p1 p3 p2"])
def test_the_people_of_the_new_severity_are_alerted_by_the_bot(world: World, path: str) -> None:
    record = changed(world, *path.split())["alert"]
    assert (record.state, record.asked_by, record.by) == (OPEN, "neonops", None)


def test_a_record_of_an_item_that_was_not_there_in_between_belongs_to_its_own_checklist() -> None:
    with world_of(p1=[manual("look")], p2=[manual("other")], p3=[reading("look")]) as world:
        assert changed(world, "p1", "p2", "p1")["look"].state is DONE
        assert changed(world, "p1", "p2", "p3")["look"].state is OPEN


def test_an_item_stands_in_the_phase_of_the_new_checklist() -> None:
    with world_of(p1=[manual("look"), manual("mend")], p2=[manual("mend")]) as world:
        record = changed(world, "p1", "p2")["mend"]
        assert (record.phase_id, record.position) == ("p2_first", 0)


def test_the_outcome_of_an_alert_that_is_on_its_way_does_not_tick_the_new_one(world: World) -> None:
    incident = world.declare("p1")
    run = incident.run_id
    world.take(run), world.advance(run)
    assert world.step(run, "alert").state is STARTED
    world.do(conduct.change_severity, ALICE, incident.id, "p2")
    assert not world.ask(lambda tx: tx.effects.find(run_id=run, step_id="alert", state=("pending", "sending")))
    world.do(delivered, run, "alert", Done("alerted the old people"))
    assert world.step(run, "alert").state is OPEN


@pytest.fixture
def resolved(world: World) -> World:
    incident = world.declare("p2")
    world.take(incident.run_id), world.advance(incident.run_id)
    world.do(conduct.resolve, ALICE, incident.id, "")
    return world


def test_nobody_is_alerted_by_a_change_of_severity_when_it_is_over(resolved: World) -> None:
    world, run = resolved, 1
    world.do(conduct.change_severity, ALICE, 1, "p1")
    before = len(world.ask(lambda tx: tx.effects.find(kind="notify")))
    world.take(run), world.advance(run)
    assert len(world.ask(lambda tx: tx.effects.find(kind="notify"))) == before
    assert world.ask(lambda tx: tx.timers.find(run_id=run, state="pending")) == []


def test_they_are_alerted_once_it_is_open_again(resolved: World) -> None:
    resolved.do(conduct.change_severity, ALICE, 1, "p1")
    resolved.do(conduct.reopen, ALICE, 1)
    assert resolved.step(1, "alert").asked_by == "neonops"
