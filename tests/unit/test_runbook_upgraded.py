"""The runbook is replaced under runs in every state: what is shown of a run is read from its own version."""

import dataclasses
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from domain_world import ALICE, TEAM, World, bundled, changing, manual, opened, phase, procedure, runbook

from bot.cli.deploys import row_of
from bot.deploys.gates.inputs import known
from bot.deploys.history import dora, log
from bot.deploys.history import queries as deploys
from bot.deploys.rollbacks import abort, undo
from bot.domain.names import Names
from bot.duties.timers import fire
from bot.effects.outgoing import read_outgoing
from bot.errors import Refusal
from bot.incidents import conduct, look
from bot.people import Actor
from bot.ports import Tx
from bot.runbook.load import Loaded, parse
from bot.runbook.model import Runbook
from bot.runs.checklist import items
from bot.runs.checklist.nested import start_from_step
from bot.runs.model import Run, RunState, StepState
from bot.runs.start import show_cards
from bot.timeline.wording import event_words
from handlers.slack.cards.view import read_view
from handlers.slack.deploys.history import entry_answer, history_answer
from handlers.slack.deploys.lists import runs_now, with_pins
from handlers.slack.drawing import draw
from handlers.slack.home.view import home_view
from handlers.slack.incidents.lists import incident_list, incident_status, timeline_blocks
from handlers.slack.incidents.topic import topic_of
from handlers.slack.messaging.template import Scene, render
from handlers.slack.table import MESSAGES

BOSS = Actor(ALICE.user, "Alice", frozenset({"cto", "platform_lead", "devops", "security_officer", "captain"}))
MOVES = ("vercel.promote", "vercel.rollback")


def other() -> Loaded:
    """A runbook that has nothing in common with the bundled one: no severity, procedure, service, vendor or role."""
    go_back = {"kind": "vercel.rollback", "service": "core", "text": "Go back", "id": "went_back"}
    return runbook(
        procedure(phase(manual("agreed"), name="agree", stage="before"), phase(changing("ship"), name="ships"),
                  kind="deploy", name="shipping"),
        procedure(phase(go_back, name="returns", mode="sequence"), kind="rollback", name="returning"),
        procedure(phase(manual("see"), name="seeing"), kind="incident", name="trouble"),
        services=[{"id": "core", "title": "Core", "url": "https://core.example.com", "vercel_project": "core"}],
        severities=[{"id": "bad", "title": "Bad", "impact": "X", "response": "1h", "procedure": "trouble", "rank": 1}],
        permissions={name: ["captain"] for name in ("deploy", "approve", "rollback", "respond")},
    )  # fmt: skip


@pytest.fixture(params=["to another", "from another"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A domain whose runbook was replaced under its runs."""
    old, new = (bundled(), other()) if request.param == "to another" else (other(), bundled())
    with opened(old) as world:
        _declare_all(world)
        _begin_all(world)
        team = world.domain.team.model_copy(update={"roles": {**world.domain.team.roles, "captain": ("alice",)}})
        world.domain = dataclasses.replace(world.domain, loaded=new, team=team, _library={})
        yield world


def _declare_all(world: World) -> None:
    """An incident of every severity that is open, one that is resolved, one that is closed."""
    for severity in world.domain.runbook.severities:
        for operation in ((), (conduct.resolve, ""), (conduct.close,)):
            incident = world.declare(severity.id, severity.title)
            if operation:
                world.do(operation[0], BOSS, incident.id, *operation[1:])


def _begin_all(world: World) -> None:
    """A run of every other procedure in every state, with its cards; what has ended moved production."""
    targets = tuple(service.id for service in world.domain.runbook.services)
    for work in (each for each in world.domain.runbook.procedures if each.kind != "incident"):
        for state in RunState:
            ran, ended = state is not RunState.WAITING, state.ended
            run = world.begin(work.id, state=state, targets=targets, channel="C1",
                              started_at=world.now if ran else None, ended_at=world.now if ended else None)  # fmt: skip
            world.do(_show_all, run)
            for name in world.steps(run.id) if ended else ():
                _move(world, run, name)
            for service in targets if (ended and run.kind.builds) or run.kind.goes_back else ():
                world.seen_live(run.id, service, f"dpl_{run.id}", was_live="dpl_0")


def _show_all(domain: Any, tx: Tx, run: Run) -> None:
    show_cards(tx, run, domain.procedure_of(tx, run), "before", "main", "after", channel="C1")


def _move(world: World, run: Run, step: str) -> None:
    detail = {"deployment": f"dpl_{run.id}", "before": "dpl_0"}
    world.set_step(run.id, step, state=StepState.DONE, started_at=world.now, ended_at=world.now, detail=detail)


def runs(world: World, **equals: Any) -> list[Run]:
    return world.ask(lambda tx: tx.runs.find(**equals))


def book_of(world: World, run_id: int) -> Runbook:
    run = world.run(run_id)
    return world.ask(lambda tx: world.domain.runbook_of(tx, run))


def test_lists_statuses_topics_and_the_home_still_work(world: World) -> None:
    situations = [world.do(look.situation, each) for each in world.ask(lambda tx: tx.incidents.find())]
    running = world.do(deploys.running)
    assert incident_list(situations)
    assert runs_now(running, world.do(deploys.holds))
    assert home_view("x", world.do(look.situations, BOSS), running)
    assert with_pins(runs_now([]), world.do(deploys.pins))[0].count("📌") == 1
    for each in situations:
        assert each.incident.severity.upper() in incident_status(each, "", ())[0]
        assert each.incident.severity.upper() in topic_of(each.incident, each.runbook)


def test_who_saw_an_incident_still_sees_it(world: World) -> None:
    listed = {each.incident.id for each in world.do(look.situations, BOSS)}
    assert listed == {each.id for each in world.ask(lambda tx: tx.incidents.find()) if each.status != "closed"}


def test_every_card_is_still_drawn(world: World) -> None:
    for card in world.ask(lambda tx: tx.cards.find()):
        view = world.do(read_view, card)
        assert view
        assert draw(view).text


def test_the_deployment_log_its_figures_and_its_export_still_work(world: World) -> None:
    entries = world.do(log.entries, 100)
    assert history_answer(entries, world.do(dora.delivery))
    assert [entry_answer(world.do(log.entry, each.run.id), None) for each in entries]
    assert world.ask(lambda tx: [row_of(each, Names(tx, TEAM)) for each in entries])


def test_a_grave_incident_counts_by_its_own_runbook(world: World) -> None:
    resolved = [each for each in world.ask(lambda tx: tx.incidents.find(confidential=False)) if each.resolved_at]
    grave = [each for each in resolved if book_of(world, each.run_id).severity(each.severity).rank <= 2]
    assert world.do(dora.delivery).short.incidents == len(grave) > 0


def test_every_reminder_and_every_message_is_still_said(world: World) -> None:
    world.wait(days=2)
    for timer in world.ask(lambda tx: tx.timers.due(world.now)):
        world.do(fire, timer.id)
    for effect in world.ask(lambda tx: tx.effects.find(kind="message")):
        (incident,) = world.ask(lambda tx, run=effect.run_id: tx.incidents.find(run_id=run))
        run = world.run(incident.run_id)
        outgoing = read_outgoing(effect)
        template, scene = MESSAGES[outgoing.template], Scene(run, incident, outgoing.data)
        found = world.do(template.read, scene)
        assert render(template, replace(scene, found=found)).text


def test_every_item_can_still_be_worked_on(world: World) -> None:
    for run in runs(world, kind="incident", state=RunState.ACTIVE):
        for name in [name for name, state in world.states(run.id).items() if state is StepState.OPEN]:
            world.tick(run.id, name, BOSS)
            world.do(items.untick, BOSS, world.ref(run.id, name))
            world.do(items.skip, BOSS, world.ref(run.id, name), "not needed")
    assert [event_words(event) for run in runs(world) for event in world.events(run.id)]


def test_an_incident_is_still_conducted_by_its_own_severities(world: World) -> None:
    for incident in world.ask(lambda tx: tx.incidents.find(status="open")):
        for severity in book_of(world, incident.run_id).severities:
            with suppress(Refusal):
                world.do(conduct.change_severity, BOSS, incident.id, severity.id)
        world.do(conduct.note, BOSS, incident.id, "a note")
        world.do(conduct.close, BOSS, incident.id)
        world.do(conduct.reopen, BOSS, incident.id)
        assert timeline_blocks(incident, world.events(incident.run_id))


def test_a_severity_of_the_new_runbook_is_refused_in_words(world: World) -> None:
    incident = world.ask(lambda tx: tx.incidents.find(status="open")[0])
    new = world.domain.runbook.severities[0].id
    with pytest.raises(Refusal, match="keeps the runbook it was declared under, which has"):
        world.do(conduct.change_severity, BOSS, incident.id, new)


def test_an_open_incident_still_blocks_deploys_as_its_own_runbook_says(world: World) -> None:
    blocking = bundled().runbook.deploys.blocked_by
    for run in runs(world, kind="deploy", state=RunState.WAITING):
        what = world.do(known, run, world.facts())
        mine = {each.severity for each in world.ask(lambda tx: tx.incidents.find(status="open"))}
        assert {each.severity for each in what.incidents} == mine & set(blocking)


def test_the_engine_goes_on(world: World) -> None:
    for run in runs(world, state=RunState.ACTIVE):
        world.take(run.id)
        world.advance(run.id)


def test_an_item_still_starts_its_procedure(world: World) -> None:
    for run in runs(world, state=RunState.ACTIVE):
        own = book_of(world, run.id).procedure(run.procedure)
        for step in [step for _, step in own.steps() if step.kind == "start_procedure"]:
            with suppress(Refusal):
                assert world.do(start_from_step, BOSS, run, step.id).parent_run == run.id


def test_a_deploy_goes_back_by_its_own_runbook_when_its_services_are_gone(world: World) -> None:
    (run,) = runs(world, kind="deploy", state=RunState.ACTIVE)
    own = book_of(world, run.id)
    for step in [step for _, step in own.procedure(run.procedure).steps() if step.kind in MOVES]:
        _move(world, run, step.id)
        world.do(abort.abort_and_roll_back, BOSS, run.id)
        rolled = runs(world, kind="rollback")[-1]
        assert (rolled.runbook_version, rolled.targets) == (run.runbook_version, (step.service,))
        break


def test_a_rollback_is_undone_by_the_runbook_that_knows_its_services(world: World) -> None:
    last = runs(world, kind="rollback", state=RunState.CANCELLED)[-1]
    shown = undo.fingerprint(world.do(undo.plan_undo, BOSS, last.id))
    made = world.do(undo.undo_rollback, BOSS, last.id, shown)
    assert (made.runbook_version, made.inputs.unpins) == (last.runbook_version, True)


def test_a_runbook_that_newer_rules_refuse_is_still_read_for_its_runs() -> None:
    with opened() as world:
        run = world.declare().run_id
        text = world.domain.loaded.text.replace("cron: 0 2 * * sun", "cron: 0 2 * * 0")
        with pytest.raises(Refusal, match="name the weekday"):
            parse(text, env={})
        world.ask(lambda tx: tx.runbooks.keep("0123456789ab", text, "old.yml"))
        world.ask(lambda tx: tx.runs.save(world._there(tx.runs.get(run)), runbook_version="0123456789ab"))
        assert incident_list(world.do(look.situations, BOSS))
