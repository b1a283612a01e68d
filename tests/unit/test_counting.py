"""One way to count: the card, the list, the status, the Home and the texts say the same number of items."""

import re
from dataclasses import replace

import pytest
from card_states import procedures, records, runbooks
from domain_world import ALICE, NOON, World, manual, opened, phase, procedure, runbook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torture import often

from bot.deploys.history.queries import running
from bot.deploys.request import Asked, request_deploy, request_rollback
from bot.incidents import conduct, look
from bot.incidents.look import Situation
from bot.incidents.model import Incident
from bot.kinds import KINDS
from bot.runs.checklist.counting import count_items
from bot.runs.model import Run, RunState
from handlers.slack.blocks.elements import Message
from handlers.slack.cards.view import read_view
from handlers.slack.deploys.lists import runs_now
from handlers.slack.drawing import draw
from handlers.slack.home.view import home_view
from handlers.slack.incidents.lists import incident_list, incident_status

FEW = settings(max_examples=often(10, 500), deadline=None, suppress_health_check=list(HealthCheck))


def counts(text: object) -> set[tuple[str, str]]:
    """Every `9 of 16 items done` and `9 of 16 done` in a text."""
    return set(re.findall(r"(\d+) of (\d+) (?:items )?done", str(text).replace("*", "")))


def cards(world: World, run_id: int) -> list[Message]:
    views = [world.do(read_view, card) for card in world.ask(lambda tx: tx.cards.find(run_id=run_id, state="live"))]
    return [draw(view) for view in views if view]


def everywhere(world: World, incident: Incident) -> list[set[tuple[str, str]]]:
    situation = world.do(look.situation, incident)
    shown = [incident_list([situation]), incident_status(situation, "", ()), home_view("x", [situation], [])]
    first = cards(world, incident.run_id)[0]
    return [counts(each) for each in [*shown, first.text, first.blocks]]


@pytest.mark.parametrize("change", [(), ("p2",), ("p2", "p1"), ("p3", "p2"), ("outage", "p1", "p3")])
def test_an_incident_is_counted_alike_everywhere_after_every_change_of_severity(
    world: World, change: tuple[str, ...]
) -> None:
    incident = world.declare()
    for severity in change:
        world.do(conduct.change_severity, ALICE, incident.id, severity)
    run = world.run(incident.run_id)
    for step in list(world.steps(run.id))[:3]:
        world.set_step(run.id, step, state="done", by=ALICE.user, at=NOON)
    items = {s.id for p, s in world.domain.runbook.procedure(run.procedure).steps()}
    assert {str(len(items))} == {of for found in everywhere(world, incident) for _, of in found}
    assert len({tuple(found) for found in everywhere(world, incident)}) == 1


def test_what_closing_says_was_left_open_is_what_the_card_shows_as_open(world: World) -> None:
    incident = world.declare()
    ((done, items),) = counts(cards(world, incident.run_id)[0].text)
    _, words = world.do(conduct.close, ALICE, incident.id)
    assert words.startswith(str(int(items) - int(done)))


@pytest.mark.parametrize("ask", [request_deploy, request_rollback])
def test_a_run_that_waits_is_counted_like_its_card(world: World, ask: object) -> None:
    run = world.do(ask, ALICE, Asked("api", "C1"))  # type: ignore[arg-type]
    listed = world.do(running)
    assert counts(runs_now(listed)) == counts(cards(world, run.id)[0].text) == counts(home_view("x", [], listed))


def test_a_listing_before_a_rollback_is_no_item() -> None:
    listing = {"id": "recent", "kind": "vercel.list", "text": "Look", "services": []}
    work = procedure(phase(listing, manual("agreed"), stage="before"), kind="rollback")
    run = Run(1, "work", KINDS["rollback"], RunState.WAITING, "v", "Work", "U1", NOON)
    assert count_items(run, runbook(work).runbook.procedure("work"), {}).items == 1


def test_what_comes_after_an_incident_is_counted_by_itself() -> None:
    steps = procedure(phase(manual("mend")), phase(manual("learn"), name="later", stage="after"), kind="incident")
    severity = {"id": "p1", "title": "P1", "impact": "All", "response": "15m", "procedure": "work", "rank": 1}
    with opened(runbook(steps, severities=[severity])) as world:
        incident = world.declare()
        world.tick(incident.run_id, "mend")
        world.do(conduct.close, ALICE, incident.id)
        text, _ = incident_status(world.do(look.situation, world.incident(incident.id)), "", ())
        assert "1 of 1 done" in text
        assert "Follow-up: 0 of 1 done\n⬜ Learn" in text


@FEW
@given(st.data())
def test_any_checklist_in_any_state_has_one_count(data: st.DataObject) -> None:
    work = data.draw(procedures().filter(lambda each: each.kind == "incident"))
    run = Run(1, "work", KINDS["incident"], RunState.ACTIVE, "v", "x", "U1", NOON, started_at=NOON)
    known = data.draw(records(run, work))
    book = data.draw(runbooks(work))
    old = replace(next(iter(known.values())), step_id="of_an_earlier_checklist")
    incident = Incident(1, 1, "p1", "x", "open", "U1", NOON, "c")  # type: ignore[arg-type]
    situation = Situation(incident, run, {**known, old.step_id: old}, book)
    settled = sum(each.state.settled for each in known.values())
    assert counts(incident_list([situation])) == {(str(settled), str(len(known)))}
