"""Status updates: who hears them, when the next is due, and what customers are never told."""

from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from domain_world import ALICE, BRUNO, CARLA, FABIO, World

from bot.duties.timers import fire
from bot.errors import Refusal
from bot.incidents import conduct, roles
from bot.incidents.declare import channel_opened
from bot.incidents.model import Incident
from bot.people import Member
from bot.status.look import read_page
from bot.status.publish import public_of
from bot.updates.drafts import drafted
from bot.updates.hearing import ALL, subscribe, subscriptions
from bot.updates.look import for_customers, updates_of
from bot.updates.model import Audience, UpdateStatus, Wording
from bot.updates.privacy import without_patients
from bot.updates.send import keep_draft, send, send_draft, status_of
from handlers.web.status.feeds import atom

TEAM_TOLD = Wording(Audience.INSIDE, UpdateStatus.IDENTIFIED, {"en": "It is the cache."}, ("api",))
PUBLIC = Wording(Audience.CUSTOMERS, UpdateStatus.MONITORING, {"en": "It works again.", "pt": "Voltou."}, ("api",))


def told(world: World, *templates: str) -> list[tuple[str, str]]:
    """Where what was said."""
    return [(each.to[0], each.template) for each in world.messages(*templates)]


def due(world: World, incident: Incident) -> timedelta | None:
    """How long after noon the next update is due."""
    found = world.ask(lambda tx: tx.timers.find(run_id=incident.run_id, kind="update", state="pending"))
    return found[0].due_at - incident.declared_at if found else None


def fire_due(world: World) -> list[dict[str, Any]]:
    """Fire the timers that are due; what was said of updates."""
    for timer in world.ask(lambda tx: tx.timers.due(tx.now)):
        world.do(fire, timer.id)
    return [each.data for each in world.messages("timer.update")]


def test_an_update_is_stored_and_said_in_the_channel_and_where_incidents_are_announced(world: World) -> None:
    incident = world.declare()
    update = world.do(send, BRUNO, incident.id, TEAM_TOLD)
    assert world.ask(lambda tx: updates_of(tx, incident)) == [update]
    assert told(world, "incident.update", "announce.update") == [
        ("run", "incident.update"),
        ("incidents", "announce.update"),
    ]
    assert world.events(incident.run_id)[-1].kind == "update.sent"


def test_an_update_counts_as_a_response(world: World) -> None:
    incident = world.declare()
    world.do(send, BRUNO, incident.id, TEAM_TOLD)
    assert world.incident(incident.id).responded_at == world.now


def test_the_next_update_is_due_a_while_after_the_last(world: World) -> None:
    incident = world.declare("p1")
    assert due(world, incident) == timedelta(minutes=30)
    world.wait(minutes=12)
    world.do(send, BRUNO, incident.id, TEAM_TOLD)
    assert due(world, incident) == timedelta(minutes=42)


def test_another_severity_has_other_times(world: World) -> None:
    incident = world.declare("p3")
    assert due(world, incident) == timedelta(hours=2)
    world.wait(minutes=50)
    world.do(conduct.change_severity, ALICE, incident.id, "p1")
    assert due(world, incident) == timedelta(minutes=50)
    world.do(conduct.change_severity, ALICE, incident.id, "p2")
    assert due(world, incident) == timedelta(hours=1)


def test_of_a_resolved_incident_none_is_due_until_it_is_open_again(world: World) -> None:
    incident = world.declare("p1")
    world.wait(minutes=5)
    world.do(conduct.resolve, ALICE, incident.id, "")
    assert due(world, incident) is None
    world.wait(hours=3)
    assert fire_due(world) == []
    world.do(conduct.reopen, ALICE, incident.id)
    assert due(world, incident) == timedelta(hours=3, minutes=35)


def test_who_communicates_is_reminded_once(world: World) -> None:
    incident = world.declare("p1")
    world.do(roles.give_role, ALICE, incident.id, "communications", BRUNO.user)
    world.wait(minutes=29)
    assert fire_due(world) == []
    world.wait(minutes=1)
    assert [each["teller"] for each in fire_due(world)] == [BRUNO.user]
    world.wait(hours=2)
    assert len(fire_due(world)) == 1


def test_a_reminder_after_the_bot_was_away_comes_once_and_says_how_late(world: World) -> None:
    world.declare("p1")
    world.wait(minutes=50)
    assert [each["late"] for each in fire_due(world)] == [20 * 60]


def test_subscribers_hear_of_their_service_and_of_all(world: World) -> None:
    world.do(subscribe, FABIO, ALL)
    world.do(subscribe, CARLA, "api")
    world.do(subscribe, BRUNO, "web")
    incident = world.declare()
    assert told(world, "incident.declared") == [("incidents", "incident.declared"), (FABIO.user, "incident.declared")]
    world.do(send, ALICE, incident.id, TEAM_TOLD)
    assert {to for to, _ in told(world, "announce.update")} == {"incidents", FABIO.user, CARLA.user}


@pytest.mark.parametrize(
    ("operation", "template"),
    [
        (lambda world, it: world.do(conduct.change_severity, ALICE, it.id, "p1"), "announce.severity"),
        (lambda world, it: world.do(conduct.change_severity, ALICE, it.id, "p3"), "announce.severity"),
        (lambda world, it: world.do(conduct.resolve, ALICE, it.id, ""), "announce.resolved"),
    ],
    ids=["worse", "less bad", "resolved"],
)
def test_what_becomes_of_an_incident_is_announced_and_told_to_subscribers(
    world: World, operation: Any, template: str
) -> None:
    world.do(subscribe, FABIO, ALL)
    operation(world, world.declare("p2"))
    assert sorted(told(world, template)) == [(FABIO.user, template), ("incidents", template)]


def test_who_unsubscribed_or_is_gone_hears_nothing(world: World) -> None:
    world.do(subscribe, FABIO, ALL)
    world.do(subscribe, CARLA, ALL)
    assert world.do(subscribe, CARLA, ALL, active=False)
    world.ask(lambda tx: tx.members.add(Member(FABIO.user, "T1", "Fábio", deleted=True)))
    world.do(send, ALICE, world.declare().id, TEAM_TOLD)
    assert [to for to, _ in told(world, "announce.update")] == ["incidents"]
    assert world.ask(lambda tx: subscriptions(tx, CARLA.user)) == []


def test_a_service_that_nobody_knows_is_answered_with_the_known_ones(world: World) -> None:
    with pytest.raises(Refusal, match="there are api and web"):
        world.do(subscribe, FABIO, "apii")


@pytest.mark.parametrize("severity", ["security", "data-loss"])
def test_of_a_private_incident_only_members_hear_and_customers_nothing(world: World, severity: str) -> None:
    world.do(subscribe, FABIO, ALL)
    world.do(subscribe, ALICE, ALL)
    incident = world.declare(severity, actor=CARLA)
    world.do(roles.give_role, CARLA, incident.id, "scribe", ALICE.user)
    world.do(send, CARLA, incident.id, TEAM_TOLD)
    assert [to for to, _ in told(world, "announce.update")] == [ALICE.user]
    with pytest.raises(Refusal, match="customers are told nothing"):
        world.do(send, CARLA, incident.id, PUBLIC)


def test_nobody_outside_hears_of_a_drill(world: World) -> None:
    world.do(subscribe, FABIO, ALL)
    incident = world.declare("p1", drill=True)
    world.do(send, ALICE, incident.id, TEAM_TOLD)
    assert told(world, "announce.update", "incident.declared") == []
    with pytest.raises(Refusal, match="a drill"):
        world.do(keep_draft, ALICE, incident.id, PUBLIC)


def test_what_was_shown_is_sent_to_customers_once_and_by_who_wrote_it(world: World) -> None:
    incident = world.declare()
    draft = world.do(keep_draft, BRUNO, incident.id, PUBLIC)
    assert world.ask(lambda tx: for_customers(tx, incident)) == []
    with pytest.raises(Refusal, match="not there any more"):
        world.do(send_draft, ALICE, draft.id)
    world.do(send_draft, BRUNO, draft.id)
    with pytest.raises(Refusal, match="sent already"):
        world.do(send_draft, BRUNO, draft.id)
    assert [each.texts for each in world.ask(lambda tx: for_customers(tx, incident))] == [PUBLIC.texts]


def test_what_customers_were_told_is_on_the_status_page(world: World) -> None:
    incident = world.declare()
    world.do(send, BRUNO, incident.id, TEAM_TOLD)
    assert world.ask(lambda tx: public_of(tx, incident)) is None
    world.do(send, BRUNO, incident.id, PUBLIC)
    assert world.ask(lambda tx: public_of(tx, incident)) is not None


def test_customers_who_were_not_told_the_end_are_remembered(world: World) -> None:
    incident = world.declare()
    world.do(send, BRUNO, incident.id, PUBLIC)
    world.do(conduct.resolve, ALICE, incident.id, "")
    assert told(world, "incident.tell_customers") == [("run", "incident.tell_customers")]


def test_reopening_calls_people_again(world: World) -> None:
    incident = world.declare("p1")
    world.do(channel_opened_at, incident)
    world.set_step(incident.run_id, "alert", state="done", attempt=1)
    world.do(conduct.resolve, ALICE, incident.id, "")
    world.do(conduct.reopen, ALICE, incident.id)
    alert = world.step(incident.run_id, "alert")
    assert (alert.state.value, alert.asked_by) == ("open", "neonops")


def channel_opened_at(domain: Any, tx: Any, incident: Incident) -> None:
    channel_opened(tx, incident.run_id, "C9", incident.channel_name)


def test_a_secret_and_a_patients_number_are_hidden(world: World) -> None:
    incident = world.declare()
    wording = Wording(Audience.INSIDE, UpdateStatus.IDENTIFIED, {"en": "hunter2 shows 529.982.247-25 of a@b.com"})
    world.do(send, ALICE, incident.id, wording)
    assert world.ask(lambda tx: updates_of(tx, incident))[0].texts == {"en": "••• shows ••• of •••"}


@pytest.mark.parametrize(
    "text", ["P95 is 12345678901 ms", "order 529.982.247-26", "at 2026-11-28 14:30", "1,500 users", "version 1.2.3"]
)
def test_other_numbers_stay(text: str) -> None:
    assert without_patients(text) == text


def test_what_is_not_seen_in_an_update_is_neither_sent_nor_hides_a_patient(world: World) -> None:
    typed = "Slow\x0bsince noon\x08\u202e\ufffe, see 529.\u200b982.247-25"
    update = world.do(
        send, BRUNO, world.declare().id, Wording(Audience.CUSTOMERS, UpdateStatus.IDENTIFIED, {"en": typed})
    )
    assert update.texts == {"en": "Slow\nsince noon, see •••"}
    fromstring(atom(world.do(read_page), "en", "https://status.example"))


@pytest.mark.parametrize("text", ["", "  \n", "x" * 1501, "\u200b\x08"])
def test_an_update_has_words_and_not_too_many(world: World, text: str) -> None:
    with pytest.raises(Refusal, match=r"needs text|1,501 characters"):
        world.do(send, ALICE, world.declare().id, Wording(Audience.INSIDE, UpdateStatus.IDENTIFIED, {"en": text}))


def test_drafts_are_the_runbooks_by_severity_audience_and_language(world: World) -> None:
    incident, runbook = world.declare("p1"), world.domain.runbook
    texts = drafted(runbook, incident, Audience.CUSTOMERS, UpdateStatus.INVESTIGATING, ("api", "web"))
    assert texts["en"].startswith("NeonPro is currently unavailable (API, Web Application)")
    assert "em até 30 minutos" in texts["pt"]
    slow = world.declare("p3")
    other = drafted(runbook, slow, Audience.CUSTOMERS, UpdateStatus.INVESTIGATING)
    assert other["en"].startswith("Some users may have problems with NeonPro (all services)")


def test_how_far_it_is_stays_until_the_next_update_says_otherwise(world: World) -> None:
    incident = world.declare()
    assert world.ask(lambda tx: status_of(tx, incident)) is UpdateStatus.INVESTIGATING
    world.do(send, ALICE, incident.id, TEAM_TOLD)
    assert world.ask(lambda tx: status_of(tx, incident)) is UpdateStatus.IDENTIFIED


def test_who_may_not_respond_sends_nothing(world: World) -> None:
    with pytest.raises(Refusal, match="You may not"):
        world.do(send, FABIO, world.declare().id, TEAM_TOLD)
