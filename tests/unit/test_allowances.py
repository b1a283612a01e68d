"""How much one person may ask for in a short time."""

import pytest
from desk_world import BRUNO, CARLA, FABIO

from bot.errors import Refusal
from handlers.slack.interaction.rate_limits import CLICKS_OF_OTHERS, OTHERS, REMEMBERED, WITH_A_ROLE, Allowances


class Seconds:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def allowed(allowances: Allowances, actor: object, what: str, asked: int) -> int:
    """How many of so many askings are allowed."""
    count = 0
    for _ in range(asked):
        try:
            allowances.take(actor, what)  # type: ignore[arg-type]
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
    assert allowed(Allowances(Seconds()), actor, what, 2 * count) == count


def test_with_time_more_is_allowed() -> None:
    seconds = Seconds()
    allowances = Allowances(seconds)
    allowed(allowances, FABIO, "/health", 100)
    seconds.now += 2 * OTHERS.seconds
    assert allowed(allowances, FABIO, "/health", 100) == 2
    seconds.now += 3600
    assert allowed(allowances, FABIO, "/health", 100) == OTHERS.at_once


def test_what_is_refused_says_when_it_is_allowed_and_costs_nothing() -> None:
    seconds = Seconds()
    allowances = Allowances(seconds)
    allowed(allowances, FABIO, "/health", 100)
    with pytest.raises(Refusal, match=r"Nothing was done: .* Try again in 5 s\."):
        allowances.take(FABIO, "/health")
    seconds.now += OTHERS.seconds
    allowances.take(FABIO, "/health")


def test_one_person_takes_nothing_from_another_nor_from_another_command() -> None:
    allowances = Allowances(Seconds())
    allowed(allowances, FABIO, "/health", 100)
    allowances.take(CARLA, "/health")
    allowances.take(FABIO, "/incident")


def test_who_asked_long_ago_is_forgotten() -> None:
    seconds = Seconds()
    allowances = Allowances(seconds)
    for number in range(REMEMBERED + 5):
        allowances.take(FABIO, str(number))
    seconds.now += 60
    allowances.take(FABIO, "one more")
    assert len(allowances._full_at) == 1
