"""Being on call: who is called by a rotation, who covers, and whether everybody answers."""

from datetime import timedelta
from typing import Any

import pytest
from domain_world import ALICE, BRUNO, FABIO, NOON, World
from test_alerts import GONE, MENTION, PEOPLE, ROLES
from test_escalation import answer, asked, levels, states, tick

from bot.errors import Refusal
from bot.escalation.roster import Roster, roster
from bot.oncall.checking import answer as answer_check
from bot.oncall.checking import asked as check_asked
from bot.oncall.checking import latest, verify
from bot.oncall.covering import cover
from bot.oncall.duty import Order, order_of
from bot.oncall.model import CheckRef
from bot.people import Actor, Team

ELISA = Actor("U05ELISA", "Elisa", frozenset({"developer"}))
DEVOPS = {"devops": ["bruno", "carla", "alice"], "developer": ["elisa"]}
ROTATION = {"role": "devops", "people": ["bruno", "carla"], "since": "2026-11-02", "zone": "America/Sao_Paulo"}


@pytest.fixture
def team(world: World) -> World:
    """Bruno and Carla take turns for devops; since three weeks ago it is Carla's."""
    return rotating(world)


def rotating(world: World, **more: Any) -> World:
    data = {"people": PEOPLE, "roles": ROLES | DEVOPS, "channels": {"devops": "C02DEVOPS"}}
    rotations = {"primary": ROTATION | more}
    object.__setattr__(world.domain, "team", Team.model_validate(data | {"rotations": rotations}))
    return world


def order(world: World, *roles: str, target: str = "") -> Order:
    return world.ask(lambda tx: order_of(world.domain, tx, roles, target))


def test_whose_turn_it_is_is_called_and_then_the_others_of_the_rotation(team: World) -> None:
    assert order(team, "devops") == Order(("carla",), ("bruno", "alice"))
    team.wait(weeks=1)
    assert order(team, "devops") == Order(("bruno",), ("carla", "alice"))


def test_a_role_without_a_rotation_is_called_whole(team: World) -> None:
    assert order(team, "developer", "devops").first == ("carla", "elisa")
    assert order(team, "platform_lead") == Order(("alice",))


def test_before_its_first_day_a_rotation_calls_all_who_hold_the_role(world: World) -> None:
    assert order(rotating(world, since="2027-01-04"), "devops") == Order(("bruno", "carla", "alice"))


def test_who_covers_is_called_until_then_and_the_others_after_them(team: World) -> None:
    team.do(cover, ALICE, "U01ALICE", team.now + timedelta(hours=2), "primary")
    assert order(team, "devops") == Order(("alice",), ("bruno", "carla"))
    team.wait(hours=2)
    assert order(team, "devops").first == ("carla",)


def test_without_a_name_the_only_rotation_is_covered_and_a_level_by_its_number(team: World) -> None:
    until = team.now + timedelta(hours=1)
    assert team.do(cover, ALICE, "U08HELENA", until, "").target == "primary"
    assert team.do(cover, ALICE, "U08HELENA", until, "level 2").target == "level:2"
    assert order(team, "platform_lead", target="level:2") == Order(("helena",), ("alice",))
    kept = team.ask(lambda tx: tx.timeline.after(0, 100))
    assert [each.kind for each in kept] == ["oncall.covered"] * 2


@pytest.mark.parametrize(
    ("user", "word", "words"),
    [("U99X", "", "not in the team file"), ("U01ALICE", "secondary", "Which rotation or level.*primary, level 1")],
)
def test_only_people_of_the_team_cover_for_what_there_is(team: World, user: str, word: str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        team.do(cover, ALICE, user, team.now, word)
    with pytest.raises(Refusal, match="may not change who is on call"):
        team.do(cover, FABIO, "U01ALICE", team.now, "primary")


def test_an_incident_calls_who_is_on_call_and_in_their_absence_one_after_another(team: World) -> None:
    run = team.declare("p3").run_id
    assert asked(team, run)[-1].payload["people"] == ["carla", "elisa"]
    answer(team, run, carla=GONE, elisa=GONE)
    assert (asked(team, run)[-1].payload["people"], states(team, run)[0]) == (["bruno"], "called")
    answer(team, run, bruno=GONE)
    assert asked(team, run)[-1].payload["people"] == ["alice"]
    answer(team, run, alice=GONE)
    assert states(team, run)[:2] == ["unreached", "called"]


def test_the_levels_are_those_of_the_moment_it_was_declared(team: World) -> None:
    run = team.declare("p3").run_id
    team.wait(weeks=1)
    assert levels(team, run)[0].people[0] == "carla"


def test_the_roster_says_how_each_is_reached(team: World) -> None:
    found: Roster = team.do(roster)
    assert [[each.name for each in rung.first] for rung in found.rungs] == [
        ["Carla", "Elisa"], ["Alice"], ["Helena"], ["Helena"],
    ]  # fmt: skip
    assert (found.rungs[0].first[0].pagers, found.rungs[1].first[0].pagers) == ((), ("json",))
    (turns,) = found.rotations
    assert [each.person for each in turns.turns] == ["carla", "bruno"] * 3
    assert turns.turns[0].ends == NOON.replace(day=30, hour=12)


def sent(world: World) -> None:
    """Every question was posted."""
    for check in world.ask(latest):
        world.do(check_asked, check.id, "")


def told(world: World) -> list[str]:
    return [each.data["text"] for each in world.messages("text")]


def test_everybody_with_a_role_is_asked_once(team: World) -> None:
    checks = team.do(verify, ALICE)
    assert [each.person for each in checks] == ["alice", "bruno", "carla", "elisa", "helena"]
    planned = team.ask(lambda tx: tx.effects.find(kind="contact.check"))
    assert [each.payload["check"] for each in planned] == [each.id for each in checks]


def test_who_has_not_answered_in_a_day_is_named_once(team: World) -> None:
    checks = {each.person: each for each in team.do(verify, ALICE)}
    sent(team)
    team.do(answer_check, BRUNO, CheckRef(checks["bruno"].id))
    team.wait(hours=23, minutes=59)
    tick(team)
    assert told(team) == []
    team.wait(minutes=1)
    tick(team)
    tick(team)
    assert told(team) == ["1 of 5 people answered the contact check. No answer: Alice, Carla, Elisa and Helena."]


def test_when_everybody_answered_or_cannot_it_is_told_at_once(team: World) -> None:
    for check in team.do(verify, ALICE):
        person = team.domain.team.people[check.person]
        if check.person == "carla":
            team.do(check_asked, check.id, "is deactivated in Slack")
        else:
            team.do(answer_check, Actor(str(person.slack), person.name), CheckRef(check.id))
    team.wait(days=2)
    tick(team)
    assert told(team) == ["4 of 5 people answered the contact check. Not reached: Carla (is deactivated in Slack)."]


def test_only_who_was_asked_can_answer(team: World) -> None:
    (alice, *_) = team.do(verify, ALICE)
    with pytest.raises(Refusal, match="for somebody else"):
        team.do(answer_check, BRUNO, CheckRef(alice.id))


def test_a_second_answer_changes_nothing(team: World) -> None:
    (alice, *_) = team.do(verify, ALICE)
    first = team.do(answer_check, ALICE, CheckRef(alice.id))
    team.wait(minutes=1)
    assert team.do(answer_check, ALICE, CheckRef(alice.id)).answered_at == first.answered_at


def test_nobody_is_asked_again_a_moment_later(team: World) -> None:
    team.do(verify, ALICE)
    team.wait(minutes=9)
    with pytest.raises(Refusal, match=r"everybody was 9 min ago"):
        team.do(verify, BRUNO)
    assert {each.round for each in team.ask(latest)} == {1}


def test_the_next_check_stands_by_itself(team: World) -> None:
    team.do(verify, ALICE)
    team.wait(days=2)
    tick(team)
    team.do(verify, ALICE)
    assert {each.round for each in team.ask(latest)} == {2}
    team.wait(days=1)
    tick(team)
    assert len(told(team)) == 2


def test_a_level_whose_first_is_there_calls_no_other(team: World) -> None:
    run = team.declare("p3").run_id
    answer(team, run, carla=MENTION, elisa=GONE)
    assert asked(team, run) == []
