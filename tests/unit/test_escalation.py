"""The escalation on the clock: level after level is called, once, until somebody is on it."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import yaml
from domain_world import ALICE, CARLA, World, opened
from sqlalchemy import text
from test_alerts import GONE, MENTION, PEOPLE, ROLES, pages

from bot import delivery
from bot.alerts.model import LEVEL, Alert, AlertState, Way
from bot.alerts.outcome import Told, ToTell, settle, told
from bot.duties.timers import fire
from bot.effects import Effect
from bot.errors import Refusal
from bot.escalation.by_hand import escalate
from bot.escalation.calling import escalation_of
from bot.escalation.look import LevelView, levels_of
from bot.escalation.model import Level, LevelState
from bot.incidents import conduct
from bot.incidents.acknowledge import acknowledge, hand_back
from bot.people import Actor, Team
from bot.runbook.load import bundled_path, parse
from bot.timeline.wording import event_words

WAITING, CALLED, UNREACHED = LevelState.WAITING, LevelState.CALLED, LevelState.UNREACHED
ASKED, LEFT_OUT = LevelState.ASKED, LevelState.LEFT_OUT
ELISA = Actor("U05ELISA", "Elisa", frozenset({"developer"}))
STEP = timedelta(seconds=30)


def with_team(world: World) -> World:
    data = {"people": PEOPLE, "roles": ROLES, "channels": {"devops": "C02DEVOPS"}}
    object.__setattr__(world.domain, "team", Team.model_validate(data))
    return world


@pytest.fixture
def team(world: World) -> World:
    """A world with people on every level of the escalation."""
    return with_team(world)


def asked(world: World, run: int) -> list[Effect]:
    """The calls of levels that are to be made, oldest first."""
    found = world.ask(lambda tx: tx.effects.find(run_id=run, kind="notify", state="pending"))
    return [each for each in found if each.payload["item"].startswith(LEVEL)]


def answer(world: World, run: int, **found: Told | ToTell) -> None:
    """Slack has answered about the people of the newest call."""
    effect = asked(world, run)[-1]
    world.do(delivery.conclude, effect, delivery.Delivered(then=lambda domain, tx: told(domain, tx, effect, found)))


def levels(world: World, run: int) -> tuple[Level, ...]:
    now = world.ask(lambda tx: escalation_of(world.domain, tx, run))
    assert now
    return now.levels


def states(world: World, run: int) -> list[str]:
    return [each.state for each in levels(world, run)]


def tick(world: World) -> None:
    """The clock looks at its timers, as every replica does."""
    for timer in world.ask(lambda tx: tx.timers.due(tx.now)):
        world.do(fire, timer.id)


def walk(world: World, **span: float) -> None:
    """Let time pass in steps of half a minute."""
    end = world.now + timedelta(**span)
    while world.now < end:
        world.now = min(world.now + STEP, end)
        tick(world)


def happened(world: World, run: int) -> list[tuple[float, str, int]]:
    """What the escalation did: minutes since noon, what, and which level."""
    begun = world.incident(1).declared_at
    kept = [each for each in world.events(run) if each.kind.startswith("escalation.")]
    return [((e.at - begun).total_seconds() / 60, e.kind.removeprefix("escalation."), e.data["level"]) for e in kept]


def test_the_first_level_is_called_in_its_channel_when_it_is_declared(team: World) -> None:
    run = team.declare().run_id
    assert states(team, run) == [CALLED, WAITING, WAITING, WAITING]
    call = asked(team, run)[-1].payload
    assert (call["item"], call["people"], call["place"]) == ("level:1", ["elisa", "bruno"], "devops")


def test_a_p1_that_nobody_acknowledges_for_four_hours(team: World) -> None:
    run = team.declare().run_id
    walk(team, hours=4)
    assert happened(team, run) == [
        (0, "called", 1), (10, "reminded", 2), (15, "called", 2), (25, "reminded", 3), (30, "called", 3),
        (40, "reminded", 4), (45, "asked", 4), (60, "exhausted", 0),
    ]  # fmt: skip
    assert [each.payload["people"] for each in asked(team, run)] == [
        ["elisa", "bruno"], ["alice"], ["helena"],
    ]  # fmt: skip


@pytest.mark.parametrize(("severity", "minutes"), [("p1", 15), ("p2", 30), ("p3", 120)])
def test_each_severity_waits_for_its_response_time(team: World, severity: str, minutes: float) -> None:
    run = team.declare(severity).run_id
    team.wait(minutes=minutes, seconds=-1)
    tick(team)
    assert states(team, run)[1] == WAITING
    team.wait(seconds=1)
    tick(team)
    assert states(team, run)[1] == CALLED


def test_who_is_called_by_phone_is_paged_and_the_channel_is_only_mentioned(team: World) -> None:
    run = team.declare("p3").run_id
    walk(team, hours=2)
    called = team.ask(lambda tx: tx.alerts.find(run_id=run, way=Way.PAGE))
    assert [(each.person, each.item) for each in called] == [("alice", "level:2")]


def test_a_due_time_in_a_downtime_is_made_up_for_once_and_says_how_late(team: World) -> None:
    run = team.declare().run_id
    team.wait(minutes=28)
    tick(team)
    tick(team)
    assert happened(team, run) == [(0, "called", 1), (28, "called", 2)]
    why = team.events(run)[-1].data["why"]
    assert why == "nobody has acknowledged it for 28 min; NeonOps was away: this is 13 min late"
    assert levels(team, run)[2].due_at == team.now + timedelta(minutes=15)


def test_two_replicas_that_fire_the_same_timers_call_each_level_once(team: World) -> None:
    run = team.declare().run_id
    for _ in range(70):
        team.wait(minutes=1)
        due = team.ask(lambda tx: tx.timers.due(tx.now))
        for timer in (*due, *due):
            team.do(fire, timer.id)
    assert Counter((what, level) for _, what, level in happened(team, run)).most_common(1)[0][1] == 1


def test_to_acknowledge_stops_it_and_calls_off_what_is_on_its_way(team: World) -> None:
    incident = team.declare()
    team.do(acknowledge, ALICE, incident.id)
    assert asked(team, incident.run_id) == []
    walk(team, hours=4)
    assert happened(team, incident.run_id) == [(0, "called", 1)]


def test_to_work_on_an_item_stops_nothing(team: World) -> None:
    run = team.declare().run_id
    team.tick(run, "scope")
    walk(team, minutes=15)
    assert states(team, run)[1] == CALLED


def test_to_hand_it_back_starts_it_again(team: World) -> None:
    incident = team.declare()
    walk(team, minutes=20)
    team.do(acknowledge, ALICE, incident.id)
    walk(team, minutes=40)
    team.do(hand_back, ALICE, incident.id)
    assert states(team, incident.run_id) == [CALLED, WAITING, WAITING, WAITING]
    walk(team, minutes=15)
    assert happened(team, incident.run_id)[-3:] == [(60, "called", 1), (70, "reminded", 2), (75, "called", 2)]


def test_to_reopen_it_starts_it_again(team: World) -> None:
    incident = team.declare()
    team.do(conduct.resolve, ALICE, incident.id, "")
    walk(team, hours=1)
    team.do(conduct.reopen, ALICE, incident.id)
    walk(team, minutes=15)
    assert happened(team, incident.run_id) == [
        (0, "called", 1), (60, "called", 1), (70, "reminded", 2), (75, "called", 2),
    ]  # fmt: skip


@pytest.mark.parametrize("end", [conduct.close, lambda *given: conduct.resolve(*given, "")])
def test_what_is_over_calls_nobody(team: World, end: Any) -> None:
    incident = team.declare()
    team.do(end, ALICE, incident.id)
    walk(team, hours=4)
    assert happened(team, incident.run_id) == [(0, "called", 1)]


def test_a_worse_severity_starts_it_again_with_its_own_time(team: World) -> None:
    incident = team.declare("p3")
    walk(team, minutes=50)
    team.do(conduct.change_severity, ALICE, incident.id, "p1")
    walk(team, minutes=15)
    assert happened(team, incident.run_id) == [
        (0, "called", 1), (50, "called", 1), (60, "reminded", 2), (65, "called", 2),
    ]  # fmt: skip


def test_a_lighter_severity_gives_more_time_and_calls_nobody_anew(team: World) -> None:
    incident = team.declare("p1")
    walk(team, minutes=5)
    team.do(conduct.change_severity, ALICE, incident.id, "p3")
    walk(team, minutes=119)
    assert [what for _, what, _ in happened(team, incident.run_id)] == ["called", "reminded"]
    walk(team, minutes=1)
    assert happened(team, incident.run_id)[-1] == (125, "called", 2)


def test_a_severity_that_was_acknowledged_stays_so_when_it_gets_worse(team: World) -> None:
    incident = team.declare("p3")
    team.do(acknowledge, ALICE, incident.id)
    team.do(conduct.change_severity, ALICE, incident.id, "p1")
    walk(team, hours=1)
    assert happened(team, incident.run_id) == [(0, "called", 1)]


def level_rows(world: World, run: int, level: int) -> list[Alert]:
    return world.ask(lambda tx: tx.alerts.find(run_id=run, item=f"level:{level}"))


def test_with_nobody_of_a_level_there_the_next_is_called_at_once(team: World) -> None:
    run = team.declare("p3").run_id
    answer(team, run, elisa=GONE, bruno=GONE)
    assert states(team, run) == [UNREACHED, CALLED, WAITING, WAITING]
    assert asked(team, run)[-1].payload["people"] == ["alice"]
    assert "nobody of level 1 (Development Team) was reached" in levels(team, run)[1].why
    assert levels(team, run)[2].due_at == team.now + timedelta(hours=2)


def test_with_one_of_a_level_there_the_clock_decides(team: World) -> None:
    run = team.declare("p3").run_id
    answer(team, run, elisa=GONE, bruno=MENTION)
    assert states(team, run)[:2] == [CALLED, WAITING]


def test_whose_pager_refuses_is_not_reached_whatever_slack_says(team: World) -> None:
    incident = team.declare("p3")
    team.do(escalate, ALICE, incident.id, 2, "")
    answer(team, incident.run_id, alice=MENTION)
    assert states(team, incident.run_id) == [CALLED, CALLED, WAITING, WAITING]
    team.do(settle, pages(team, incident.run_id)["alice"].id, AlertState.UNREACHED, "json: refused")
    assert states(team, incident.run_id) == [CALLED, UNREACHED, CALLED, WAITING]


def test_a_page_that_may_have_been_sent_leaves_it_to_the_clock(team: World) -> None:
    incident = team.declare("p3")
    team.do(escalate, ALICE, incident.id, 2, "")
    answer(team, incident.run_id, alice=GONE)
    team.do(settle, pages(team, incident.run_id)["alice"].id, AlertState.UNSURE, "json: no answer")
    assert states(team, incident.run_id)[1:3] == [CALLED, WAITING]


def test_a_level_that_nobody_holds_is_left_out_and_named(team: World) -> None:
    roles = {**ROLES, "platform_lead": []}
    object.__setattr__(team.domain, "team", Team.model_validate({"people": PEOPLE, "roles": roles}))
    run = team.declare("p3").run_id
    walk(team, hours=2)
    assert states(team, run) == [CALLED, LEFT_OUT, CALLED, WAITING]
    assert levels(team, run)[1].why == "nobody in the team file holds its roles"


def test_a_drill_calls_nobody_and_says_who_would_be(team: World) -> None:
    run = team.declare("p1", drill=True).run_id
    walk(team, minutes=15)
    assert asked(team, run) == []
    posts = team.ask(lambda tx: tx.effects.find(run_id=run, target=f"run:{run}:say"))
    told = [each.payload["data"] for each in posts if each.payload["template"] == "escalation.drill"]
    assert [each["people"] for each in told] == [["Elisa", "Bruno"], ["Alice"]]


def test_a_confidential_incident_calls_only_who_may_know_of_it(team: World) -> None:
    run = team.declare("security", actor=CARLA).run_id
    walk(team, hours=1)
    assert states(team, run) == [LEFT_OUT, CALLED, CALLED, ASKED]
    calls = [(each.payload["people"], each.payload["place"]) for each in asked(team, run)]
    assert calls == [(["alice"], None), (["helena"], None)]


def test_the_executives_are_called_by_a_person_with_a_reason(team: World) -> None:
    incident = team.declare()
    with pytest.raises(Refusal, match="called with a reason"):
        team.do(escalate, ALICE, incident.id, 4, " ")
    team.do(escalate, ALICE, incident.id, 4, "the clinics must be told")
    assert states(team, incident.run_id) == [CALLED, WAITING, WAITING, CALLED]
    event = team.events(incident.run_id)[-1]
    assert (event.kind, event.actor, event.data["why"]) == ("escalation.called", ALICE.user, "the clinics must be told")


def test_the_executives_are_not_called_twice_in_five_minutes(team: World) -> None:
    incident = team.declare()
    team.do(escalate, ALICE, incident.id, 4, "the clinics must be told")
    team.wait(minutes=4)
    with pytest.raises(Refusal, match=r"was called 4 min ago already"):
        team.do(escalate, ELISA, incident.id, 4, "the press calls")
    team.wait(minutes=1)
    assert team.do(escalate, ELISA, incident.id, 4, "the press calls").why == "the press calls"


def test_however_often_it_is_reopened_nobody_is_paged_more_than_ten_times_an_hour(team: World) -> None:
    incident = team.declare("p3")
    for _ in range(20):
        team.do(conduct.resolve, ALICE, incident.id, "")
        team.do(conduct.reopen, ALICE, incident.id)
        team.do(escalate, ALICE, incident.id, 2, "")
    paged = team.ask(lambda tx: tx.alerts.find(run_id=incident.run_id, person="alice", way=Way.PAGE))
    assert len(paged) == 10
    assert event_words(next(each for each in team.events(incident.run_id) if each.kind == "page.spared")) == (
        "did not page Alice again: 10 pages in 1 h are the most for one incident"
    )


def test_without_a_level_the_next_one_is_called_and_the_one_after_it_gets_its_time(team: World) -> None:
    incident = team.declare()
    walk(team, minutes=5)
    team.do(escalate, ALICE, incident.id, 0, "")
    assert states(team, incident.run_id)[:3] == [CALLED, CALLED, WAITING]
    assert levels(team, incident.run_id)[2].due_at == team.now + timedelta(minutes=15)


def test_a_level_may_be_called_again(team: World) -> None:
    incident = team.declare("p3")
    team.do(escalate, ALICE, incident.id, 1, "")
    assert [row.turn for row in level_rows(team, incident.run_id, 1)] == [0, 0, 1, 1]


@pytest.mark.parametrize(("level", "words"), [(9, "There is no level 9. The levels are 1"), (7, "no level 7")])
def test_a_level_that_is_not_there_cannot_be_called(team: World, level: int, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        team.do(escalate, ALICE, team.declare().id, level, "")


def test_each_person_has_three_columns(team: World) -> None:
    incident = team.declare("p3")
    team.wait(minutes=1)
    answer(team, incident.run_id, elisa=MENTION, bruno=GONE)
    team.wait(minutes=1)
    team.do(acknowledge, ELISA, incident.id)
    view: LevelView = team.ask(lambda tx: levels_of(team.domain, tx, incident.run_id))[0]
    (one, other) = view.people
    assert (one.name, one.sent_at, one.delivered_at, one.acknowledged_at) == (
        "Elisa", incident.declared_at + timedelta(minutes=1), incident.declared_at + timedelta(minutes=1), team.now,
    )  # fmt: skip
    assert (other.sent_at, other.failures) == (None, ("is deactivated in Slack",))


def test_the_runbook_may_give_a_severity_its_own_levels_and_times() -> None:
    data = yaml.safe_load(bundled_path().read_text())
    p3 = next(each for each in data["severities"] if each["id"] == "p3")
    p3.update(escalate_after="10m", remind_before="0s", levels=[1, 3])
    with opened(parse(yaml.safe_dump(data, allow_unicode=True), env={})) as world:
        run = with_team(world).declare("p3").run_id
        walk(world, hours=1)
        assert happened(world, run) == [(0, "called", 1), (10, "called", 3), (20, "exhausted", 0)]


def test_without_levels_it_is_said_once_that_nobody_is_on_it() -> None:
    data = yaml.safe_load(bundled_path().read_text()) | {"escalation": []}
    with opened(parse(yaml.safe_dump(data, allow_unicode=True), env={})) as world:
        run = world.declare("p1").run_id
        walk(world, hours=4)
        assert happened(world, run) == [(15, "exhausted", 0)]


def test_an_incident_of_an_earlier_version_is_escalated_when_its_response_time_is_over(team: World) -> None:
    incident = team.declare()
    team.ask(lambda tx: tx.timers.cancel(incident.run_id))
    forget_levels(team)
    team.ask(lambda tx: tx.timers.set("response", "response", team.now + timedelta(minutes=15), incident.run_id))
    walk(team, minutes=30)
    assert states(team, incident.run_id) == [CALLED, CALLED, WAITING, WAITING]


def forget_levels(world: World) -> None:
    world.ask(lambda tx: tx.connection.execute(text("DELETE FROM escalation_level")))  # type: ignore[attr-defined]
