"""How much one person may ask for in a short time: refused before any work is done, so that nobody can hold up others.

Who holds a role has so much that only a program reaches the end of it: nobody is stopped in the middle of an incident.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import Refusal
from bot.people import Actor
from bot.text import say, span

REMEMBERED = 10_000
"""People and kinds of asking that are remembered; beyond it, those who may ask for all again are forgotten."""


@dataclass(frozen=True)
class Allowance:
    """So many at once; one more is allowed every `seconds`."""

    at_once: int
    seconds: float


WITH_A_ROLE = Allowance(600, 0.125)
OTHERS = Allowance(12, 5.0)
CLICKS_OF_OTHERS = Allowance(40, 1.0)


class TooMany(Refusal):
    """More than is allowed; nothing was looked at."""


class RateLimits:
    """What is left to each person of each kind of asking; `clock` in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: dict[tuple[str, str], float] = {}
        """When all of it is allowed again."""

    def take(self, actor: Actor, what: str) -> None:
        """Count one command, form or click; `what` names the kind.

        Raises:
            Refusal: it is one too many; nothing was counted, and nothing is to be done.
        """
        allowance = _allowance(actor, what)
        now, key = self._clock(), (actor.user, what)
        full_at = max(self._full_at.get(key, now), now) + allowance.seconds
        over = full_at - now - allowance.at_once * allowance.seconds
        if over > 0:
            raise TooMany(_too_many(allowance, math.ceil(over)))
        self._full_at[key] = full_at
        if len(self._full_at) > REMEMBERED:
            self._full_at = {known: at for known, at in self._full_at.items() if at > now}


def _allowance(actor: Actor, what: str) -> Allowance:
    if actor.roles:
        return WITH_A_ROLE
    return CLICKS_OF_OTHERS if what == "click" else OTHERS


def _too_many(allowance: Allowance, seconds: int) -> str:
    return say(
        "Nothing was done: rate limit of {count} requests reached. Try again in {time}.",
        count=allowance.at_once,
        time=span(timedelta(seconds=seconds)),
    )
