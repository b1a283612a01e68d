"""Whose word counts still when it is acted on, and which users are one human."""

from dataclasses import replace
from typing import Any

import pytest
from domain_world import ALICE, BRUNO, World, changing, opened, phase, procedure, runbook

from bot.deploys.approval import approve
from bot.deploys.request import Asked, request_deploy, request_rollback
from bot.deploys.rollbacks import abort, confirmation, emergency
from bot.holds import holds
from bot.holds.reminders import mind_holds
from bot.people import ROBOT, Actor, Member, Team
from bot.power.persons import absences, same_person
from bot.power.standing import Counts, Lost, NotKnown, Standing, standing
from bot.production.inputs.deploy import DeployInputs
from bot.runs.inputs import Stop, Then
from bot.runs.model import RunState, StepState

LEAD = Actor("U09LEAD", "Lia", frozenset({"platform_lead"}))
"""Somebody whom neither Slack nor the team file has told of yet."""


def met(world: World, actor: Actor, **more: Any) -> Member:
    """Slack said who this is."""
    return world.ask(lambda tx: tx.members.add(Member(actor.user, "T1", actor.name, **more)))


def roles(world: World, **held: list[str]) -> None:
    """The team file gives other roles from now on."""
    team = world.domain.team
    world.domain = replace(world.domain, team=team.model_copy(update={"roles": {**team.roles, **held}}))


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        (None, NotKnown()),
        ({}, Counts()),
        ({"deleted": True}, Lost("is deactivated in Slack")),
        ({"guest": True}, Lost("is a guest of the workspace")),
        ({"outsider": True}, Lost("belongs to another workspace")),
        ({"bot": True}, Lost("is a bot")),
    ],
)
def test_a_word_counts_as_long_as_who_gave_it_is_there(
    world: World, member: dict[str, bool] | None, expected: Standing
) -> None:
    if member is not None:
        met(world, ALICE, **member)
    assert world.do(standing, ALICE.user, "approve deploys", "approve") == expected


def test_a_word_does_not_count_without_the_role(world: World) -> None:
    met(world, ALICE)
    roles(world, platform_lead=[], cto=[])
    assert world.do(standing, ALICE.user, "approve deploys", "approve") == Lost("may no longer approve deploys")
    assert world.do(standing, ROBOT.user, "approve deploys", "approve") == Counts()


@pytest.mark.parametrize(
    ("second", "email", "same"),
    [
        ({"name": "B", "slack": "U20", "email": "bruno@example.com"}, None, True),
        ({"name": "B", "slack": "U20", "email": "Bruno+ops@Example.com"}, None, True),
        ({"name": "B", "slack": "U20"}, "bruno@example.com", True),
        ({"name": "Bruno", "slack": "U20", "email": "bruno.b@example.com"}, None, False),
        ({"name": "Bruno", "slack": "U20"}, None, False),
    ],
)
def test_a_human_is_known_by_entry_and_address(
    world: World, second: dict[str, str], email: str | None, same: bool
) -> None:
    people = {"bruno": {"name": "Bruno", "email": "bruno@example.com", "slack": "U02BRUNO"}, "second": second}
    world.domain = replace(world.domain, team=Team.model_validate({"people": people}))
    met(world, Actor("U20", "B"), email=email)
    assert world.do(same_person, BRUNO.user, "U20") is same
    assert world.do(same_person, BRUNO.user, BRUNO.user)


def test_who_is_gone_is_no_entry_to_count_on(world: World) -> None:
    met(world, ALICE)
    met(world, BRUNO, email="bruno@example.com", deleted=True)
    assert world.do(absences) == {"bruno": "is deactivated in Slack"}


def test_an_override_of_somebody_who_is_gone_lets_nothing_through(world: World) -> None:
    run = world.do(request_deploy, BRUNO, Asked("all", "C1"))
    world.tick_all(run.id, "before")
    world.do(holds.put, ALICE, "lock", "not yet")
    world.approve(run.id, LEAD)
    world.start(run.id)
    shown = [each.fingerprint for each in world.run(run.id).inputs.failed]
    world.do(approve.override, ALICE, run.id, "lock", "it is urgent", shown)
    met(world, ALICE, deleted=True)
    held = world.start(run.id)
    assert held.state is RunState.WAITING
    assert [gate.id for gate in held.inputs.gates if gate.verdict == "failed"] == ["lock"]


def test_an_emergency_of_somebody_who_is_gone_does_not_start_and_is_none_any_more(world: World) -> None:
    run = world.do(request_rollback, BRUNO, Asked("api", "C1", deployment="dpl_1"))
    world.do(emergency.mark_emergency, ALICE, run, "checkout is down")
    met(world, ALICE, deleted=True)
    for step in ("recent_deployments", "last_stable"):
        world.set_step(run.id, step, state=StepState.DONE, attempt=1)
    world.do(confirmation.looked, run.id, world.ahead(run.id))
    held = world.run(run.id)
    assert held.state is RunState.WAITING
    assert not held.inputs.emergency
    assert "<@U01ALICE> is deactivated in Slack" in held.inputs.voided


def test_a_rollback_of_somebody_who_is_gone_waits_for_another_request(world: World) -> None:
    run = world.do(request_rollback, BRUNO, Asked("api", "C1", deployment="dpl_1"))
    world.takes(run.id, api="dpl_1")
    world.do(confirmation.looked, run.id, world.ahead(run.id))
    world.do(confirmation.confirm_rollback, ALICE, run.id, world.shown(run.id))
    met(world, BRUNO, email="bruno@example.com", guest=True)
    world.do(confirmation.start_rollback, run.id, world.ahead(run.id))
    assert "<@U02BRUNO> requested this rollback and is a guest" in world.run(run.id).inputs.voided


def test_an_abort_of_somebody_who_is_gone_rolls_nothing_back_and_that_is_said(world: World) -> None:
    run = world.begin(
        "deploy", environment="production", inputs=DeployInputs(stop=Stop(BRUNO.user, "", Then(BRUNO.user)))
    )
    world.set_step(run.id, "api_promote", state=StepState.DONE, detail={"deployment": "dpl_2", "before": "dpl_1"})
    met(world, BRUNO, email="bruno@example.com", deleted=True)
    world.do(abort.stopped, run)
    assert world.run(run.id).state is RunState.ABORTED
    assert world.ask(lambda tx: tx.runs.find(kind="rollback")) == []
    assert any("not rolled back" in text and "/rollback" in text for text in world.said())


def test_a_step_that_somebody_asked_for_who_is_gone_is_not_begun() -> None:
    with opened(runbook(procedure(phase(changing("restart", starts="button"))))) as world:
        run = world.begin("work", channel="C1")
        world.take(run.id)
        world.set_step(run.id, "restart", asked_by=ALICE.user)
        met(world, ALICE, deleted=True)
        assert world.advance(run.id).tasks == ()
        assert world.step(run.id, "restart").asked_by is None
        assert "step.dropped" in world.kinds(run.id)


def test_a_forgotten_lock_of_somebody_who_is_gone_is_told_where_deploys_are_talked_about(world: World) -> None:
    world.do(holds.put, ALICE, "lock", "the migration")
    met(world, ALICE, deleted=True)
    world.wait(hours=3)
    world.do(mind_holds, world.now)
    last = world.messages("hold.reminder")[-1]
    assert last.to[0] == "devops"
    assert "by <@U01ALICE>, who is deactivated in Slack: the migration" in last.data["text"]
