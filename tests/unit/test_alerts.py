"""Alerts: an item is ticked when one of its own people was reached; else the next ones are tried."""

from typing import Any

import pytest
from domain_world import ALICE, World, bundled

from bot import delivery
from bot.alerts.again import AlertRef, page_again
from bot.alerts.escalation import next_people
from bot.alerts.invitations import invited, is_there
from bot.alerts.model import LEVEL, Alert, AlertState, Way
from bot.alerts.outcome import Told, ToTell, settle, told
from bot.alerts.words import absent_words, alert_words
from bot.effects import AWAY, Effect
from bot.errors import Refusal
from bot.incidents import conduct
from bot.people import Team
from bot.runs.model import StepState

MENTION, GONE = Told(True, "mention"), Told(False, "is deactivated in Slack")
PEOPLE = {
    "alice": {"name": "Alice", "slack": "U01ALICE", "page": ["json://pager/alice"]},
    "bruno": {"name": "Bruno", "slack": "U02BRUNO", "page": ["json://pager/bruno"]},
    "carla": {"name": "Carla", "slack": "U03CARLA"},
    "elisa": {"name": "Elisa", "slack": "U05ELISA"},
    "helena": {"name": "Helena", "slack": "U08HELENA"},
}
ROLES = {
    "platform_lead": ["alice"], "devops": ["bruno"], "developer": ["elisa"], "cto": ["helena"],
    "executive": ["helena"], "security_officer": ["carla"],
}  # fmt: skip


@pytest.fixture
def team(world: World) -> World:
    """A world with people on every level of the escalation."""
    data = {"people": PEOPLE, "roles": ROLES, "channels": {"devops": "C02DEVOPS"}}
    object.__setattr__(world.domain, "team", Team.model_validate(data))
    return world


def declared(world: World, severity: str = "p1", **more: Any) -> int:
    """An incident whose engine has begun; the run's id."""
    run = world.declare(severity, **more).run_id
    world.take(run)
    world.advance(run)
    return run


def asked(world: World, run: int, kind: str = "notify") -> list[Effect]:
    """What is to be done to reach the people of items, oldest first."""
    found = world.ask(lambda tx: tx.effects.find(run_id=run, kind=kind, state="pending"))
    return [each for each in found if not each.payload.get("item", "").startswith(LEVEL)]


def answer(world: World, run: int, **found: Told | ToTell) -> None:
    """Slack has answered about the people of the newest call."""
    effect = asked(world, run)[-1]
    world.do(delivery.conclude, effect, delivery.Delivered(then=lambda domain, tx: told(domain, tx, effect, found)))


def pages(world: World, run: int) -> dict[str, Alert]:
    return {each.person: each for each in world.ask(lambda tx: tx.alerts.find(run_id=run, way=Way.PAGE))}


def page(world: World, run: int, state: AlertState, how: str) -> None:
    """All pagers of the run have answered."""
    for alert in pages(world, run).values():
        world.do(settle, alert.id, state, how)


def test_everybody_is_asked_for_once_each_way(team: World) -> None:
    run = declared(team)
    rows = team.ask(lambda tx: tx.alerts.find(run_id=run, item="alert"))
    assert {(row.person, row.way) for row in rows} == {(p, w) for p in ("alice", "bruno") for w in ("message", "page")}
    assert (len(asked(team, run)), len(asked(team, run, "page"))) == (1, 2)


def test_the_item_is_ticked_with_who_was_reached_how_and_who_was_not(team: World) -> None:
    run = declared(team)
    answer(team, run, alice=GONE, bruno=MENTION)
    page(team, run, AlertState.UNREACHED, "json: refused")
    record = team.step(run, "alert")
    assert record.state is StepState.DONE
    assert record.found == (
        "alerted Bruno (mention; not paged: json: refused)\n"
        "not reached: Alice (is deactivated in Slack; not paged: json: refused)"
    )


def test_a_pager_alone_is_enough(team: World) -> None:
    run = declared(team)
    answer(team, run, alice=GONE, bruno=GONE)
    team.do(settle, pages(team, run)["bruno"].id, AlertState.REACHED, "json")
    record = team.step(run, "alert")
    assert (record.state, "alerted Bruno (paged by json; is deactivated in Slack)" in str(record.found)) == (
        "done",
        True,
    )


def test_a_page_that_may_have_been_sent_ticks_nothing(team: World) -> None:
    run = declared(team)
    answer(team, run, alice=GONE, bruno=GONE)
    page(team, run, AlertState.UNSURE, "json: no answer")
    record = team.step(run, "alert")
    assert record.state is StepState.FAILED
    assert "may have been paged: json: no answer" in str(record.found)


def test_with_nobody_reached_the_next_level_is_called_then_the_ones_above_then_the_team(team: World) -> None:
    run = declared(team)
    answer(team, run, alice=GONE, bruno=GONE)
    page(team, run, AlertState.UNREACHED, "json: refused")
    assert team.step(run, "alert").state is StepState.FAILED
    assert asked(team, run)[-1].payload["people"] == ["elisa"]
    answer(team, run, elisa=GONE)
    assert asked(team, run)[-1].payload["people"] == ["helena"]
    answer(team, run, helena=GONE)
    said = team.messages("text", run_id=run)[-1]
    assert (said.to[0], said.data["everybody"], "obody in" in said.data["text"]) == ("C02DEVOPS", True, True)
    assert str(team.step(run, "alert").found).startswith("Nobody was reached.")


def test_whoever_is_reached_in_their_place_stands_on_the_item_which_stays_open(team: World) -> None:
    run = declared(team)
    answer(team, run, alice=GONE, bruno=GONE)
    page(team, run, AlertState.UNREACHED, "json: refused")
    answer(team, run, elisa=MENTION)
    record = team.step(run, "alert")
    assert record.state is StepState.FAILED
    assert "Escalated: alerted Elisa (mention)" in str(record.found)
    assert asked(team, run) == team.said(run_id=run) == []


def test_the_next_are_not_called_while_somebody_may_still_be_reached(team: World) -> None:
    run = declared(team)
    answer(team, run, alice=GONE, bruno=GONE)
    assert asked(team, run) == []
    assert team.step(run, "alert").state is StepState.STARTED


def test_who_is_reached_late_ticks_the_item_after_all(team: World) -> None:
    run = declared(team)
    answer(team, run, alice=GONE, bruno=GONE)
    page(team, run, AlertState.UNSURE, "json: no answer")
    team.do(page_again, ALICE, AlertRef(run, "alert"))
    team.do(settle, pages(team, run)["bruno"].id, AlertState.REACHED, "json")
    assert team.step(run, "alert").state is StepState.DONE


def test_in_a_drill_nobody_is_paged_and_nobody_else_is_called(team: World) -> None:
    run = declared(team, drill=True)
    assert pages(team, run) == {}
    answer(team, run, alice=GONE, bruno=GONE)
    assert asked(team, run) == team.said(run_id=run) == []


def test_who_is_elsewhere_gets_a_direct_message(team: World) -> None:
    run = declared(team)
    answer(team, run, alice=ToTell("U01ALICE"), bruno=GONE)
    direct = asked(team, run, "alert.direct")
    assert [effect.payload["user"] for effect in direct] == ["U01ALICE"]
    team.do(settle, direct[0].payload["alert"], AlertState.REACHED, "direct message")
    assert "alerted Alice (direct message)" in str(team.step(run, "alert").found)


def test_while_slack_is_away_nobody_else_is_called(team: World) -> None:
    run = declared(team)
    page(team, run, AlertState.UNREACHED, "json: refused")
    effect = team.do(delivery.claim, asked(team, run)[0].target)
    assert effect
    team.do(delivery.postpone, effect, delivery.Undelivered("invalid_auth", None, AWAY), 1.0)
    assert asked(team, run) == []
    assert team.step(run, "alert").state is StepState.STARTED


def test_an_alert_that_is_given_up_has_the_next_ones_called(team: World) -> None:
    run = declared(team)
    page(team, run, AlertState.UNREACHED, "json: refused")
    effect = asked(team, run)[0]
    team.do(delivery.bury, effect, "Slack refused: invalid_auth")
    assert "Slack refused: invalid_auth" in str(team.step(run, "alert").found)
    assert asked(team, run)[-1].payload["people"] == ["elisa"]


def test_an_item_whose_roles_nobody_holds_says_so_and_calls_the_next(team: World) -> None:
    run = declared(team, "security", title="Somebody reads our mail")
    object.__setattr__(team.domain, "team", team.domain.team.model_copy(update={"roles": {"cto": ("helena",)}}))
    team.do(conduct.change_severity, ALICE, 1, "p1")
    team.take(run)
    team.advance(run)
    answer(team, run)
    assert "nobody in the team file holds the role devops or platform lead" in str(team.step(run, "alert").found)


def test_of_a_confidential_incident_only_those_it_invites_are_called_and_only_who_declared_it_is_told(
    team: World,
) -> None:
    run = declared(team, "security", title="Somebody reads our mail")
    answer(team, run, alice=GONE, carla=GONE, helena=GONE)
    page(team, run, AlertState.UNREACHED, "json: refused")
    assert asked(team, run) == []
    assert [said.to for said in team.messages("text", run_id=run)] == [(ALICE.user,)]


def test_a_severity_whose_checklist_alerts_nobody_alerts_whom_it_invites(team: World) -> None:
    run = declared(team, "outage")
    rows = team.ask(lambda tx: tx.alerts.find(run_id=run, item="", turn=0))
    assert {row.person for row in rows} == {"alice", "bruno", "elisa", "helena"}
    assert {row.person for row in rows if row.way is Way.PAGE} == {"alice", "bruno"}


def test_a_severity_that_is_not_the_gravest_pages_nobody_by_itself(team: World) -> None:
    run = declared(team, "p3")
    assert {row.way for row in team.ask(lambda tx: tx.alerts.find(run_id=run, item=""))} == {Way.MESSAGE}


def test_an_incident_that_gets_worse_calls_anew(team: World) -> None:
    run = declared(team, "p3")
    team.do(conduct.change_severity, ALICE, 1, "outage")
    attempts = {row.step_attempt for row in team.ask(lambda tx: tx.alerts.find(run_id=run, item=""))}
    assert attempts == {1, 2}


def test_what_is_on_its_way_when_the_checklist_changes_does_not_count(team: World) -> None:
    run = declared(team, "p2")
    old = asked(team, run)[-1]
    team.do(conduct.change_severity, ALICE, 1, "p1")
    assert team.ask(lambda tx: tx.effects.find(seq=old.seq))[0].state == "done"


def test_paging_again_is_for_those_who_were_not_paged_for_certain(team: World) -> None:
    run = declared(team)
    rows = pages(team, run)
    team.do(settle, rows["alice"].id, AlertState.REACHED, "json")
    team.do(settle, rows["bruno"].id, AlertState.UNSURE, "json: no answer")
    team.ask(lambda tx: [tx.effects.save(effect, state="done") for effect in tx.effects.find(kind="page")])
    team.do(page_again, ALICE, AlertRef(run, "alert"))
    assert [effect.payload["person"] for effect in asked(team, run, "page")] == ["bruno"]
    with pytest.raises(Refusal, match="is being paged"):
        team.do(page_again, ALICE, AlertRef(run, "alert"))


def test_invitations_are_told_of_those_who_came(team: World) -> None:
    incident = team.declare()
    team.ask(lambda tx: invited(tx, incident, ["U02BRUNO"], {"U09GONE": "is deactivated in Slack"}))
    team.ask(lambda tx: invited(tx, incident, [], {"U09GONE": "is deactivated in Slack"}))
    said = [(event.kind, event.data) for event in team.events(incident.run_id) if "invit" in event.kind]
    assert said == [
        ("channel.invited", {"users": ["U02BRUNO"]}),
        ("invitation.failed", {"person": "U09GONE", "why": "is deactivated in Slack"}),
    ]
    assert "U09GONE" not in team.incident(incident.id).members


def test_who_joins_after_all_is_not_missing_any_more(team: World) -> None:
    incident = team.declare()
    team.ask(lambda tx: invited(tx, incident, [], {"U02BRUNO": "Slack does not allow NeonOps to invite them"}))
    shown = lambda: absent_words(team.ask(lambda tx: tx.alerts.find(run_id=incident.run_id)), str)  # noqa: E731
    assert shown() == "Not in this channel: U02BRUNO (Slack does not allow NeonOps to invite them)"
    team.ask(lambda tx: is_there(tx, incident.run_id, "U02BRUNO"))
    assert shown() == ""


@pytest.mark.parametrize(
    ("roles", "tried", "people"),
    [
        (["devops", "platform_lead"], {"alice", "bruno"}, ("elisa",)),
        (["devops", "platform_lead"], {"alice", "bruno", "elisa"}, ("helena",)),
        (["platform_lead"], {"alice"}, ("helena",)),
        (["executive"], {"helena"}, ("elisa", "bruno")),
        (["security_officer"], {"carla"}, ("elisa", "bruno")),
        (["devops"], {"alice", "bruno", "elisa", "helena"}, None),
    ],
)
def test_the_next_ones_are_of_the_items_own_level_then_above_then_below(
    team: World, roles: list[str], tried: set[str], people: tuple[str, ...] | None
) -> None:
    found = next_people(bundled().runbook, team.domain.team, roles, tried, lambda person: True)
    assert (found.people if found else None) == people


def test_nothing_is_said_of_nobody() -> None:
    assert alert_words([], str) == absent_words([], str) == ""
