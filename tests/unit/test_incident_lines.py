"""Each line of the runbook's incidents: shown in the list, done by people, timed, and told."""

from datetime import timedelta

import pytest
from domain_world import ALICE, World, bundled

from bot.duties.timers import fire
from bot.incidents.model import Incident
from bot.runbook.model import Procedure
from bot.runs.checklist import items
from bot.runs.model import Card, StepState
from bot.updates.drafts import drafted
from bot.updates.model import Audience, UpdateStatus
from handlers.slack.cards.view import read_view
from handlers.slack.incidents.card import sections

RUNBOOK = bundled().runbook
SEVERITIES = pytest.mark.parametrize("severity", [each.id for each in RUNBOOK.severities])


def declared(world: World, severity: str) -> tuple[Incident, Procedure]:
    return world.declare(severity), RUNBOOK.procedure(RUNBOOK.severity(severity).procedure)


def by_hand(procedure: Procedure) -> list[str]:
    return [step.id for _, step in procedure.steps() if step.kind == "manual"]


@SEVERITIES
def test_each_line_that_people_do_is_done_and_undone_by_them(world: World, severity: str) -> None:
    incident, procedure = declared(world, severity)
    for step in by_hand(procedure):
        done = world.tick(incident.run_id, step)
        assert (done.state, done.by) == (StepState.DONE, ALICE.user)
        assert world.do(items.untick, ALICE, world.ref(incident.run_id, step)).state is StepState.OPEN


@SEVERITIES
def test_each_line_that_people_do_is_skipped_with_a_reason(world: World, severity: str) -> None:
    incident, procedure = declared(world, severity)
    for step in by_hand(procedure):
        world.do(items.skip, ALICE, world.ref(incident.run_id, step), "not needed today")
        record = world.step(incident.run_id, step)
        assert (record.state, record.reason) == (StepState.SKIPPED, "not needed today")


@SEVERITIES
def test_each_phase_is_in_the_list_with_its_lines(world: World, severity: str) -> None:
    incident, procedure = declared(world, severity)
    view = world.ask(lambda tx: read_view(world.domain, tx, Card(0, incident.run_id, "main", "")))
    assert view
    shown = [(each.phase.id, [step.id for step in each.steps]) for each in sections(view)]
    assert shown == [(phase.id, [step.id for step in phase.steps]) for phase in procedure.phases]


@SEVERITIES
def test_each_window_that_ends_names_what_is_open(world: World, severity: str) -> None:
    incident, procedure = declared(world, severity)
    world.wait(hours=5)
    for timer in world.ask(lambda tx: tx.timers.due(tx.now)):
        world.do(fire, timer.id)
    named = [event.data["phase_id"] for event in world.events(incident.run_id) if event.kind == "timer.phase"]
    assert named == [phase.id for phase in procedure.phases if phase.window and phase.window.until]


@SEVERITIES
def test_each_severity_gives_its_response_time(world: World, severity: str) -> None:
    incident, _ = declared(world, severity)
    (timer,) = world.ask(lambda tx: tx.timers.find(run_id=incident.run_id, kind="escalation"))
    assert timer.due_at - incident.declared_at == RUNBOOK.severity(severity).response
    assert timer.due_at - incident.declared_at >= timedelta(minutes=15)


@SEVERITIES
def test_each_severity_says_its_impact_in_the_first_draft(world: World, severity: str) -> None:
    incident, _ = declared(world, severity)
    drafts = drafted(RUNBOOK, incident, Audience.INSIDE, UpdateStatus.INVESTIGATING)
    assert RUNBOOK.severity(severity).impact in drafts["en"]
