"""Effects are given up by time, never by the number of tries; what people have to mend outside is held until then."""

import pytest
from domain_world import World

from bot.delivery import Undelivered, claim, mended, postpone, revive, wait_before
from bot.effects import AWAY, HOURS, LEAST_TRIES, MENDED, MINUTES, Effect, Patience
from handlers.slack.client.api import Later, Lost, Refused
from handlers.slack.messaging.delivery_errors import outcome_of


def planned(world: World, run_id: int | None = None) -> Effect:
    return world.ask(lambda tx: tx.effects.plan("say", "somewhere", {}, run_id=run_id))


def fails(world: World, failure: Undelivered) -> Effect:
    """Try the effect once more, in vain."""
    effect = world.do(claim, "somewhere")
    assert effect, "the effect is due"
    world.do(postpone, effect, failure, wait_before(effect, failure))
    known = world.ask(lambda tx: tx.effects.get(effect.seq))
    assert known
    return known


@pytest.mark.parametrize("seconds", [None, 0.0, 1.0, 10.0])
def test_an_effect_with_waits_of_its_own_lives_as_long_as_any_other(world: World, seconds: float | None) -> None:
    planned(world)
    began = world.now
    while world.now - began < MINUTES.lasts:
        assert fails(world, Undelivered("no answer", seconds)).state == "sending"
        world.wait(seconds=61)
    assert fails(world, Undelivered("no answer", seconds)).state == "dead"


@pytest.mark.parametrize("patience", [MINUTES, HOURS, AWAY, MENDED])
def test_patience_is_at_least_eight_minutes_and_ends(world: World, patience: Patience) -> None:
    assert patience.lasts.total_seconds() >= 8 * 60
    planned(world)
    for _ in range(LEAST_TRIES):
        assert fails(world, Undelivered("no answer", 0.0, patience)).state != "dead"
    world.wait(seconds=patience.lasts.total_seconds())
    assert fails(world, Undelivered("no answer", 0.0, patience)).state == "dead"


def test_a_bot_that_was_away_for_days_tries_again_before_it_gives_up(world: World) -> None:
    planned(world)
    fails(world, Undelivered("no answer", 0.0))
    world.wait(days=3)
    assert fails(world, Undelivered("no answer", 0.0)).state == "sending"
    assert fails(world, Undelivered("no answer", 0.0)).state == "dead"


def test_what_waited_long_for_its_turn_has_all_its_time(world: World) -> None:
    planned(world)
    world.wait(hours=5)
    for _ in range(LEAST_TRIES):
        assert fails(world, Undelivered("no answer", 0.0)).state == "sending"


def test_what_is_held_is_tried_at_once_when_it_may_be_mended(world: World) -> None:
    planned(world)
    assert fails(world, Undelivered("it is archived", None, MENDED)).state == "held"
    assert world.do(claim, "somewhere") is None
    world.do(mended, "C1")
    assert world.do(claim, "somewhere")


def test_what_is_held_is_tried_before_what_is_new_at_its_target(world: World) -> None:
    first = planned(world)
    fails(world, Undelivered("it is archived", None, MENDED))
    planned(world)
    tried = world.do(claim, "somewhere")
    assert tried
    assert tried.seq == first.seq


def test_a_person_who_presses_try_again_gives_it_all_its_time_anew(world: World) -> None:
    run = world.declare().run_id
    planned(world, run)
    fails(world, Undelivered("it is archived", None, MENDED))
    world.wait(days=8)
    assert world.do(revive, run) == 1
    assert fails(world, Undelivered("it is archived", 0.0, MENDED)).state == "held"


@pytest.mark.parametrize(
    ("error", "patience"),
    [
        (Later("slow down", 30), HOURS),
        (Lost("no answer"), HOURS),
        (Refused("invalid_auth"), AWAY),
        (Refused("team_added_to_org"), AWAY),
        (Refused("is_archived"), MENDED),
        (Refused("a_code_of_tomorrow"), MINUTES),
        (Refused("invalid_blocks"), None),
        (Refused("msg_too_long"), None),
        (Refused("user_not_found"), None),
    ],
)
def test_slacks_errors_are_tried_again_for_as_long_as_they_may_last(
    error: Exception, patience: Patience | None
) -> None:
    assert getattr(outcome_of(error), "patience", None) == patience  # type: ignore[arg-type]
