"""What the status page shows: public incidents, services, what is planned; nothing of any other incident."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from domain_world import ALICE, CARLA, NOON, World

from bot.incidents import conduct
from bot.incidents.duplicates import merge
from bot.incidents.model import Incident
from bot.ports import HealthResult
from bot.runbook.load import parse
from bot.status.look import read_page
from bot.status.page import Page
from bot.status.publish import publish
from bot.status.push import post_of
from bot.updates.model import Audience, StatusUpdate, UpdateStatus
from handlers.web.status.files import files_of


def changed(world: World, change: Callable[[dict[str, Any]], object]) -> None:
    """The runbook in force is another."""
    book = yaml.safe_load(world.domain.loaded.text)
    change(book)
    loaded = parse(yaml.safe_dump(book, allow_unicode=True), env={})
    world.domain = replace(world.domain, loaded=loaded)


def page(world: World) -> Page:
    return world.do(read_page)


def tell(world: World, incident: Incident, text: str, status: str = "identified", **more: Any) -> None:
    """Customers are told."""
    told = StatusUpdate(
        0, incident.id, Audience.CUSTOMERS, UpdateStatus(status), {"en": text}, ALICE.user, world.now, **more
    )
    world.ask(lambda tx: tx.rows(StatusUpdate).add(told))
    world.ask(lambda tx: publish(tx, world._there(tx.incidents.get(incident.id))))


def files(world: World) -> dict[str, tuple[bytes, str]]:
    """Everything that is answered, with its ETag."""
    return {path: (file.body, file.etag) for path, file in files_of(page(world), "https://status.example").items()}


def at_once(world: World) -> None:
    """P1 is shown as soon as it is declared."""
    changed(world, lambda book: book["status_page"]["incidents"][0].update(at_once={"text": "We are looking into it."}))


def test_an_incident_is_shown_with_its_first_customer_update(world: World) -> None:
    incident = world.declare()
    assert page(world).incidents == ()
    tell(world, incident, "Payments fail.")
    (shown,) = page(world).open_incidents
    assert (shown.name.text, shown.impact, shown.status) == ("Service outage", "critical", "identified")
    assert [update.body.text for update in shown.updates] == ["Payments fail."]


def test_its_title_and_its_number_are_not_shown(world: World) -> None:
    tell(world, world.declare(title="Dr. Silva cannot sign in"), "Signing in fails.")
    assert b"Silva" not in b"".join(body for body, _ in files(world).values())
    (shown,) = page(world).incidents
    assert len(shown.id) == 16


@pytest.mark.parametrize("hidden", ["drill", "private", "confidential", "untold"])
def test_what_is_not_public_leaves_no_trace(world: World, hidden: str) -> None:
    tell(world, world.declare(), "Payments fail.")
    before = files(world)
    incident = world.declare(severity="p2", title="Secret")
    if hidden != "untold":
        world.ask(lambda tx: tx.incidents.save(incident, **{hidden: True}))
        tell(world, incident, "Nobody may read this.")
    assert files(world) == before


def test_what_becomes_confidential_is_gone(world: World) -> None:
    before = files(world)
    incident = world.declare()
    tell(world, incident, "Payments fail.")
    world.ask(lambda tx: tx.incidents.save(incident, confidential=True))
    assert files(world) == before


def test_a_severity_may_be_public_at_once(world: World) -> None:
    at_once(world)
    world.declare()
    (shown,) = page(world).open_incidents
    assert (shown.status, shown.updates[0].body.text) == ("investigating", "We are looking into it.")


def test_a_drill_is_not_public_at_once(world: World) -> None:
    at_once(world)
    world.declare(drill=True)
    assert page(world).incidents == ()


def test_customers_are_told_the_end_by_a_person_or_when_it_is_closed(world: World) -> None:
    incident = world.declare()
    tell(world, incident, "Payments fail.")
    world.do(conduct.resolve, ALICE, incident.id, "it was a bad deploy")
    assert page(world).incidents[0].status == "identified"
    world.wait(minutes=20)
    world.do(conduct.close, ALICE, incident.id)
    (shown,) = page(world).past_incidents
    assert [(update.status, update.body.text) for update in shown.updates] == [
        ("resolved", "This incident is resolved."),
        ("identified", "Payments fail."),
    ]


def test_customers_are_not_told_that_a_merged_incident_is_over_before_the_other_is(world: World) -> None:
    incident, other = world.declare(), world.declare()
    tell(world, incident, "Payments fail.")
    world.do(merge, ALICE, incident.id, other.id)
    assert page(world).incidents[0].status == "identified"
    world.do(conduct.close, ALICE, other.id)
    assert page(world).incidents[0].status == "resolved"


def test_the_end_of_what_it_was_merged_into_is_pushed(world: World) -> None:
    changed(world, lambda book: book["status_page"].update(push=[{"provider": "statuspage"}]))
    incident, other = world.declare(), world.declare()
    tell(world, incident, "Payments fail.")
    world.do(merge, ALICE, incident.id, other.id)
    before = world.ask(lambda tx: tx.effects.find(kind="status.push"))
    world.do(conduct.close, ALICE, other.id)
    (push,) = [each for each in world.ask(lambda tx: tx.effects.find(kind="status.push")) if each not in before]
    post = world.do(post_of, push)
    assert post
    assert (push.payload["incident"], post.status) == (incident.id, "resolved")


def test_when_a_private_incident_ends_leaves_no_trace_in_what_was_merged_into_it(world: World) -> None:
    incident, other = world.declare(), world.declare("security", actor=CARLA)
    tell(world, incident, "Payments fail.")
    world.do(merge, CARLA, incident.id, other.id)
    before = files(world)
    world.wait(minutes=20)
    world.do(conduct.close, CARLA, other.id)
    assert files(world) == before


def test_what_was_public_at_once_is_over_when_it_is_resolved(world: World) -> None:
    at_once(world)
    incident = world.declare()
    world.wait(minutes=20)
    world.do(conduct.resolve, ALICE, incident.id, "")
    assert [(each.status, each.updated_at) for each in page(world).past_incidents] == [("resolved", world.now)]


def test_what_is_reopened_is_open_again(world: World) -> None:
    incident = world.declare()
    tell(world, incident, "It works again.", "resolved")
    world.do(conduct.resolve, ALICE, incident.id, "")
    world.wait(minutes=5)
    world.do(conduct.reopen, ALICE, incident.id)
    (shown,) = page(world).open_incidents
    assert (shown.status, shown.updated_at) == ("investigating", world.now)


def test_a_service_is_as_bad_as_the_worst_of_its_incidents(world: World) -> None:
    tell(world, world.declare(severity="p3"), "The web is slow.", services=("web",))
    tell(world, world.declare(severity="p2"), "Some of the API fails.", services=("api",))
    assert {each.id: each.status for each in page(world).components} == {
        "api": "partial_outage",
        "web": "degraded_performance",
    }
    assert page(world).indicator == "major"


def test_an_update_keeps_its_id(world: World) -> None:
    incident = world.declare()
    tell(world, incident, "One.")
    before = [update.id for update in page(world).incidents[0].updates]
    tell(world, incident, "Two.", "monitoring")
    after = [update.id for update in page(world).incidents[0].updates]
    assert after[1:] == before
    assert len(set(after)) == 2


def test_the_maintenance_window_is_planned(world: World) -> None:
    first = page(world).planned[0]
    assert (first.name.text, first.status) == ("Maintenance window", "scheduled")
    assert (first.starts_at, first.ends_at) == (
        datetime(2026, 11, 29, 5, tzinfo=UTC),
        datetime(2026, 11, 29, 9, tzinfo=UTC),
    )


def test_maintenance_under_way_is_shown_on_the_services(world: World) -> None:
    world.begin("maintenance")
    assert page(world).indicator == "maintenance"
    assert {each.status for each in page(world).components} == {"under_maintenance"}
    assert page(world).planned[0].ends_at == NOON + timedelta(hours=4)


def test_a_freeze_is_shown_when_the_runbook_says_so(world: World) -> None:
    freeze = {"id": "friday", "text": "No changes", "pt": "Sem mudanças", "cron": "0 12 * * fri", "length": "12h"}
    changed(world, lambda book: book.update(freezes=[freeze]))
    assert all(each.changes for each in page(world).planned)
    changed(world, lambda book: book["status_page"].update(freezes=True))
    assert [each.name.pt for each in page(world).planned if not each.changes] == ["Sem mudanças"] * 2


def answers(world: World, *states: str, check: str = "api_overall", **ago: float) -> None:
    """What a health check said, so long ago."""
    at = world.now - timedelta(**ago)
    for state in states:
        world.ask(lambda tx, state=state: tx.health.add(HealthResult(0, at, "api", check, "Overall", state)))  # type: ignore[misc]


def test_a_day_without_answers_is_not_measured(world: World) -> None:
    answers(world, "unknown", "unknown")
    api = page(world).components[0]
    assert len(api.days) == 90
    assert {day.answers for day in api.days} == {0}
    assert api.availability is None


def test_a_few_answers_are_no_availability(world: World) -> None:
    answers(world, "healthy", "unhealthy", "slow", days=2)
    api, web = page(world).components
    day = api.days[-3]
    assert (day.good, day.bad, day.availability) == (2, 1, None)
    assert not any(day.answers for day in web.days)


def test_a_day_with_nearly_all_its_answers_has_an_availability(world: World) -> None:
    def measured(book: dict[str, Any]) -> None:
        book["status_page"]["measured_every"] = "6h"
        del book["health"][0]["checks"][1:]

    changed(world, measured)
    answers(world, "healthy", "healthy", "healthy", "unhealthy", days=1)
    answers(world, "healthy", "healthy", days=2)
    assert [day.availability for day in page(world).components[0].days[-3:]] == [None, 75.0, None]


def test_a_day_is_one_of_the_clocks_of_the_runbook(world: World) -> None:
    """In São Paulo it is still yesterday at 2:00 UTC."""
    answers(world, "healthy", hours=13)
    assert [day.answers for day in page(world).components[0].days[-2:]] == [1, 0]


def test_the_page_is_read_alike_until_something_changes(world: World) -> None:
    tell(world, world.declare(), "Payments fail.")
    before = files(world)
    world.wait(minutes=5)
    assert files(world) == before
