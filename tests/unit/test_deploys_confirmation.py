"""Confirming a rollback: bound to what was shown, compared with the schema again, and skipped in an emergency."""

from typing import Any

import pytest
import yaml
from domain_world import ALICE, BRUNO, CARLA, World, bundled, opened

from bot.deploys.request import Asked, request_rollback
from bot.deploys.rollbacks import confirmation, decide, emergency
from bot.errors import Refusal
from bot.people import Actor
from bot.production.inputs.rollback import Later
from bot.runbook.load import Loaded, parse
from bot.runs.model import Run, RunState, StepState

DROPS = Later("2026_drop", "2026-11-20T10:00:00+00:00", changes=({"kind": "drop", "sql": "DROP TABLE a"},))
ADDS = Later("2026_add", "2026-11-20T10:00:00+00:00")
ELISA = Actor("U05ELISA", "Elisa", frozenset({"developer"}))


def changed(**rollbacks: Any) -> Loaded:
    """The bundled runbook with another policy, and one item to settle before a rollback."""
    data = yaml.safe_load(bundled().text)
    data["rollbacks"] |= rollbacks
    back = next(each for each in data["procedures"] if each["id"] == "rollback")
    back["phases"][0]["steps"].append({"id": "told", "text": "Users are told"})
    return parse(yaml.safe_dump(data, allow_unicode=True), env={})


def asked(world: World, target: str = "api", **more: Any) -> Run:
    """A rollback whose listings have ended."""
    run = world.do(request_rollback, BRUNO, Asked(target, "C1", **more))
    return listed(world, run)


def listed(world: World, run: Run) -> Run:
    rows = [{"id": "dpl_2"}, {"id": "dpl_1"}]
    found = {"live": "dpl_3", "recommended": "dpl_2", "verified": True, "deployments": rows}
    for step in ("recent_deployments", "last_stable"):
        detail = {"services": dict.fromkeys(run.targets, found)}
        world.set_step(run.id, step, state=StepState.DONE, attempt=1, detail=detail)
    return run


def test_a_confirmation_of_what_is_not_shown_any_more_starts_nothing(world: World) -> None:
    run = asked(world)
    shown = world.shown(run.id)
    world.do(decide.choose, ALICE, run.id, "api", "dpl_1")
    with pytest.raises(Refusal, match="the card has changed since"):
        world.do(confirmation.confirm_rollback, BRUNO, run.id, shown)
    assert world.run(run.id).state is RunState.WAITING


def test_a_danger_that_was_not_shown_has_to_be_confirmed(world: World) -> None:
    run = asked(world)
    shown = world.shown(run.id)
    world.do(confirmation.looked, run.id, world.ahead(run.id, DROPS))
    with pytest.raises(Refusal, match="the card has changed since"):
        world.do(confirmation.confirm_rollback, BRUNO, run.id, shown)
    assert world.confirm(run.id, ahead=world.ahead(run.id, DROPS)).state is RunState.ACTIVE


def test_a_danger_that_came_after_the_confirmation_is_asked_about_again(world: World) -> None:
    run = asked(world)
    assert world.confirm(run.id, ahead=world.ahead(run.id, DROPS)).state is RunState.WAITING
    assert "further ahead" in world.run(run.id).inputs.voided
    assert any("did not start" in words for words in world.said())
    assert world.confirm(run.id, ahead=world.ahead(run.id, DROPS)).state is RunState.ACTIVE


@pytest.mark.parametrize("later", [(), (ADDS,)])
def test_what_is_not_dangerous_starts(world: World, later: tuple[Later, ...]) -> None:
    run = asked(world)
    started = world.confirm(run.id, ahead=world.ahead(run.id, *later))
    assert started.state is RunState.ACTIVE
    assert started.inputs.ahead.later == later


def test_what_could_not_be_compared_is_kept_and_holds_nothing_up(world: World) -> None:
    run = asked(world)
    started = world.confirm(run.id, ahead=world.ahead(run.id, unasked="the database does not answer"))
    assert (started.state, started.inputs.ahead.unasked) == (RunState.ACTIVE, "the database does not answer")


def test_the_runbook_says_what_is_dangerous() -> None:
    with opened(changed(dangerous=["data"])) as world:
        run = asked(world)
        world.tick_all(run.id, "before")
        assert world.confirm(run.id, ahead=world.ahead(run.id, DROPS)).state is RunState.ACTIVE


def test_a_choice_while_it_is_looked_at_takes_the_confirmation_back(world: World) -> None:
    run = asked(world)
    found = world.ahead(run.id)
    world.do(confirmation.confirm_rollback, BRUNO, run.id, world.shown(run.id))
    world.do(decide.choose, ALICE, run.id, "api", "dpl_1")
    world.do(confirmation.start_rollback, run.id, found)
    assert "chosen in the meantime" in world.run(run.id).inputs.voided


def test_it_is_confirmed_once(world: World) -> None:
    run = asked(world)
    world.do(confirmation.confirm_rollback, BRUNO, run.id, world.shown(run.id))
    with pytest.raises(Refusal, match="already confirmed"):
        world.do(confirmation.confirm_rollback, ALICE, run.id, world.shown(run.id))


def test_items_before_it_are_settled_first() -> None:
    with opened(changed()) as world:
        run = asked(world)
        with pytest.raises(Refusal, match="Still open: Users are told"):
            world.confirm(run.id)
        world.tick(run.id, "told")
        assert world.confirm(run.id, BRUNO).state is RunState.ACTIVE


def test_with_approval_the_requester_does_not_confirm() -> None:
    with opened(changed(approval=True)) as world:
        run = asked(world)
        world.tick(run.id, "told")
        with pytest.raises(Refusal, match="another person must confirm"):
            world.confirm(run.id, BRUNO)
        assert world.confirm(run.id, ALICE).approved_by == ALICE.user


def test_an_emergency_skips_approval_and_items_and_is_said_in_public() -> None:
    with opened(changed(approval=True)) as world:
        run = asked(world)
        world.do(emergency.declare_emergency, BRUNO, run.id, "checkout is down")
        assert world.run(run.id).state is RunState.ACTIVE
        assert "rollback.emergency" in world.kinds(run.id)
        told = [each.to[0] for each in world.messages("text") if "checkout" in each.data["text"]]
        assert told == ["devops", "C1"]


def test_an_emergency_takes_its_role(world: World) -> None:
    run = asked(world)
    for actor in (CARLA, ELISA):
        with pytest.raises(Refusal, match="You may not start an emergency rollback"):
            world.do(emergency.declare_emergency, actor, run.id, "now")
    assert world.run(run.id).state is RunState.WAITING


def test_an_emergency_starts_by_itself_when_it_is_known_where_to(world: World) -> None:
    run = world.do(emergency.request_emergency, BRUNO, Asked("all", "C1"), "checkout is down")
    world.do(confirmation.looked, run.id, world.ahead(run.id))
    assert world.run(run.id).state is RunState.WAITING
    assert not any("emergency" in text for text in world.said())
    listed(world, run)
    world.do(confirmation.looked, run.id, world.ahead(run.id, DROPS))
    started = world.run(run.id)
    assert (started.state, started.inputs.choice) == (RunState.ACTIVE, {"api": "dpl_2", "web": "dpl_2"})
    assert [text.split(" (run")[0] for text in world.said() if "emergency" in text] == [
        "🚨 <@U02BRUNO> started an emergency rollback of API and Web Application"
    ] * 2


def test_an_emergency_that_knows_no_destination_says_so(world: World) -> None:
    run = world.do(emergency.request_emergency, BRUNO, Asked("api", "C1"), "now")
    for step in ("recent_deployments", "last_stable"):
        world.set_step(run.id, step, state=StepState.FAILED, attempt=1)
    world.do(confirmation.looked, run.id, world.ahead(run.id))
    assert "deployment to roll back to is unknown" in world.run(run.id).inputs.voided
    assert not any("emergency" in text for text in world.said())


def test_an_emergency_takes_production_from_nobody(world: World) -> None:
    other = world.begin("deploy", environment="production").id
    world.ask(lambda tx: tx.locks.take("production", other))
    run = asked(world)
    world.do(emergency.declare_emergency, BRUNO, run.id, "now")
    assert "is in progress" in world.run(run.id).inputs.voided
    assert not any("emergency" in text for text in world.said())
