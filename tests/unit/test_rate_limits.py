"""How much one person may ask for in a short time."""

import pytest
from domain_world import BRUNO, CARLA, FABIO

from bot.errors import Refusal
from handlers.slack.interaction.rate_limits import CLICKS_OF_OTHERS, OTHERS, REMEMBERED, WITH_A_ROLE, RateLimits


class Seconds:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def allowed(rate_limits: RateLimits, actor: object, what: str, asked: int) -> int:
    """How many of so many askings are allowed."""
    count = 0
    for _ in range(asked):
        try:
            rate_limits.take(actor, what)  # type: ignore[arg-type]
            count += 1
        except Refusal:
            continue
    return count


@pytest.mark.parametrize(
    ("actor", "what", "count"),
    [
        (FABIO, "/health", OTHERS.at_once),
        (FABIO, "form", OTHERS.at_once),
        (FABIO, "click", CLICKS_OF_OTHERS.at_once),
        (BRUNO, "/health", WITH_A_ROLE.at_once),
        (BRUNO, "click", WITH_A_ROLE.at_once),
    ],
)
def test_so_many_are_allowed_at_once(actor: object, what: str, count: int) -> None:
    assert allowed(RateLimits(Seconds()), actor, what, 2 * count) == count


def test_with_time_more_is_allowed() -> None:
    seconds = Seconds()
    rate_limits = RateLimits(seconds)
    allowed(rate_limits, FABIO, "/health", 100)
    seconds.now += 2 * OTHERS.seconds
    assert allowed(rate_limits, FABIO, "/health", 100) == 2
    seconds.now += 3600
    assert allowed(rate_limits, FABIO, "/health", 100) == OTHERS.at_once


def test_what_is_refused_says_when_it_is_allowed_and_costs_nothing() -> None:
    seconds = Seconds()
    rate_limits = RateLimits(seconds)
    allowed(rate_limits, FABIO, "/health", 100)
    with pytest.raises(Refusal, match=r"Nothing was done: .* Try again in 5 s\."):
        rate_limits.take(FABIO, "/health")
    seconds.now += OTHERS.seconds
    rate_limits.take(FABIO, "/health")


def test_one_person_takes_nothing_from_another_nor_from_another_command() -> None:
    rate_limits = RateLimits(Seconds())
    allowed(rate_limits, FABIO, "/health", 100)
    rate_limits.take(CARLA, "/health")
    rate_limits.take(FABIO, "/incident")


def test_who_asked_long_ago_is_forgotten() -> None:
    seconds = Seconds()
    rate_limits = RateLimits(seconds)
    for number in range(REMEMBERED + 5):
        rate_limits.take(FABIO, str(number))
    seconds.now += 60
    rate_limits.take(FABIO, "one more")
    assert len(rate_limits._full_at) == 1
