"""Legal clocks: set by what a person knows, settled by what a person did."""

from datetime import UTC, datetime, timedelta

import pytest
from domain_world import ALICE, BRUNO, CARLA, NOON, World

from bot.duties.timers import fire
from bot.errors import Refusal
from bot.incidents import conduct
from bot.incidents.roles import give_role
from bot.legal import clocks
from bot.legal.model import ClockState, LegalClock
from bot.legal.words import legal_view, short_words
from bot.people import Actor

DIEGO = Actor("U04DIEGO", "Diego", frozenset({"compliance_officer"}))
HOUR = timedelta(hours=1)


@pytest.fixture
def breach(world: World) -> int:
    """A data breach of Monday noon."""
    return world.declare("data-breach", "Somebody reads our mail", actor=CARLA).id


def known(world: World, number: int, at: datetime = NOON - HOUR, reason: str = "") -> dict[str, LegalClock]:
    world.do(clocks.set_knowledge, CARLA, number, at, reason)
    return found(world, number)


def found(world: World, number: int) -> dict[str, LegalClock]:
    return {each.clock: each for each in world.ask(lambda tx: clocks.clocks_of(tx, number))}


def states(world: World, number: int) -> dict[str, ClockState]:
    return {name: each.state for name, each in found(world, number).items()}


def fired(world: World) -> list[str]:
    """What is said of the clocks that are due now."""
    before = len(said(world))
    for timer in world.ask(lambda tx: tx.timers.due(tx.now)):
        world.do(fire, timer.id)
    return said(world)[before:]


def said(world: World) -> list[str]:
    return [str(each.data["words"]) for each in world.messages() if each.template == "legal.reminded"]


def test_nothing_runs_until_somebody_says_what_was_known(world: World, breach: int) -> None:
    assert found(world, breach) == {}
    words = world.do(lambda domain, tx: short_words(legal_view(domain, tx, tx.incidents.get(breach))))
    assert "/incident knowledge" in words


def test_the_clocks_run_from_the_knowledge_and_not_from_the_declaration(world: World, breach: int) -> None:
    set_ = known(world, breach, datetime(2026, 11, 19, 17, 30, tzinfo=UTC))
    assert set_["anpd_notice"].due_at == datetime(2026, 11, 26, 2, 59, tzinfo=UTC)  # Wednesday 23:59 in São Paulo
    assert set_["subjects_statement"].due_at == datetime(2026, 12, 1, 2, 59, tzinfo=UTC)
    assert set_["anpd_complement"].state is ClockState.WAITING
    assert "anvisa_72h" not in set_


def test_the_complement_counts_from_the_communication(world: World, breach: int) -> None:
    known(world, breach)
    world.do(clocks.meet, CARLA, breach, "anpd_notice", "protocol 4711")
    met = found(world, breach)
    assert (met["anpd_notice"].settled_by, met["anpd_notice"].words) == (CARLA.user, "protocol 4711")
    assert met["anpd_complement"].due_at == datetime(2026, 12, 22, 2, 59, tzinfo=UTC)


def test_a_correction_needs_a_reason_and_stays_on_record(world: World, breach: int) -> None:
    known(world, breach)
    with pytest.raises(Refusal, match="set already"):
        known(world, breach, NOON - 3 * HOUR)
    later = known(world, breach, NOON - 72 * HOUR, "the log shows Friday")
    assert later["anpd_notice"].due_at == datetime(2026, 11, 26, 2, 59, tzinfo=UTC)
    event = next(each for each in reversed(world.events(1)) if each.kind == "legal.knowledge")
    assert event.data["before"] == (NOON - HOUR).isoformat()
    assert event.data["reason"] == "the log shows Friday"


@pytest.mark.parametrize(
    ("at", "match"),
    [(NOON + HOUR, "future"), (NOON - timedelta(days=4000), "check the year"), (NOON - HOUR, "time that is set")],
)
def test_a_time_that_cannot_be_is_refused(world: World, breach: int, at: datetime, match: str) -> None:
    known(world, breach)
    with pytest.raises(Refusal, match=match):
        known(world, breach, at, "really")


def test_what_was_met_stays_so_when_the_knowledge_is_corrected(world: World, breach: int) -> None:
    known(world, breach)
    world.do(clocks.meet, CARLA, breach, "subjects_notice", "mail of noon")
    known(world, breach, NOON - 2 * HOUR, "earlier")
    assert states(world, breach)["subjects_notice"] is ClockState.MET


def test_only_whose_word_counts_sets_a_clock_aside(world: World, breach: int) -> None:
    known(world, breach)
    with pytest.raises(Refusal, match="role compliance officer or cto"):
        world.do(clocks.set_aside, CARLA, breach, "tell_controllers", "no clinic is affected")
    world.do(clocks.set_aside, DIEGO, breach, "tell_controllers", "no clinic is affected (Dr. Ana)")
    assert states(world, breach)["tell_controllers"] is ClockState.NOT_APPLICABLE


@pytest.mark.parametrize("operation", [clocks.meet, clocks.set_aside])
def test_a_clock_is_settled_with_words_only(world: World, breach: int, operation: object) -> None:
    known(world, breach)
    with pytest.raises(Refusal, match="Write "):
        world.do(operation, DIEGO, breach, "anpd_notice", "  ")  # type: ignore[arg-type]


def test_a_clock_that_was_settled_by_mistake_runs_again(world: World, breach: int) -> None:
    known(world, breach)
    world.do(clocks.meet, CARLA, breach, "anpd_notice", "protocol 4711")
    world.do(clocks.run_again, DIEGO, breach, "anpd_notice", "it was the wrong form")
    assert states(world, breach)["anpd_notice"] is ClockState.RUNNING
    assert states(world, breach)["anpd_complement"] is ClockState.WAITING


def test_each_reminder_is_said_once(world: World, breach: int) -> None:
    known(world, breach)
    world.wait(hours=19, seconds=1)  # 24 h are for the controllers: 4 h before
    assert [("Tell the controllers" in words, "in 3 h 59 min" in words) for words in fired(world)] == [(True, True)]
    assert fired(world) == []


def test_reminders_name_the_source_and_leave_the_decision_to_a_lawyer(world: World, breach: int) -> None:
    known(world, breach)
    world.wait(hours=23)
    (words,) = fired(world)
    assert "arts. 39, 48" in words
    assert "A lawyer decides" in words


def test_after_a_long_night_only_the_last_reminder_is_said_and_says_how_late_it_is(world: World, breach: int) -> None:
    known(world, breach)
    world.wait(hours=25)
    (words,) = fired(world)
    assert "passed 2 h ago" in words


def test_a_reminder_that_is_late_says_so(world: World, breach: int) -> None:
    known(world, breach)
    world.wait(hours=19, minutes=20)
    assert fired(world)[0].endswith("This reminder is 20 min late.")


@pytest.mark.parametrize("operation", [conduct.close, lambda d, tx, actor, n: conduct.resolve(d, tx, actor, n, "over")])
def test_resolving_and_closing_leave_the_clocks_running(world: World, breach: int, operation: object) -> None:
    known(world, breach)
    world.do(operation, CARLA, breach)  # type: ignore[arg-type]
    world.wait(hours=23)
    assert len(fired(world)) == 1


def test_another_severity_leaves_the_clocks_running(world: World, breach: int) -> None:
    known(world, breach)
    world.do(conduct.change_severity, CARLA, breach, "p2")
    assert states(world, breach)["anpd_notice"] is ClockState.RUNNING


def test_nobody_is_reminded_of_what_is_met(world: World, breach: int) -> None:
    known(world, breach)
    for clock in ("tell_controllers", "anpd_notice", "subjects_notice"):
        world.do(clocks.meet, CARLA, breach, clock, "done")
    world.do(clocks.set_aside, DIEGO, breach, "subjects_statement", "told already")
    world.wait(days=4)
    assert fired(world) == []


def test_the_compliance_officer_and_the_lead_are_alerted_and_not_paged(world: World, breach: int) -> None:
    team = world.domain.team.model_copy(update={"roles": {**world.domain.team.roles, "compliance_officer": ("bruno",)}})
    world.domain = type(world.domain)(**{**vars(world.domain), "team": team})
    world.do(give_role, CARLA, breach, "commander", ALICE.user)
    known(world, breach)
    world.wait(hours=23)
    fired(world)
    alerts = world.ask(lambda tx: [each for each in tx.alerts.find() if each.item.startswith("legal:")])
    assert [(each.person, str(each.way)) for each in alerts] == [("bruno", "message"), ("alice", "message")]


def test_others_know_nothing_of_it(world: World, breach: int) -> None:
    with pytest.raises(Refusal, match="There is no incident 1"):
        world.do(clocks.set_knowledge, BRUNO, breach, NOON - HOUR)
