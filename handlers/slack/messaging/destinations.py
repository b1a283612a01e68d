"""Where a message goes: one resolver of every way to name a place."""

import re
from dataclasses import dataclass

from bot.delivery import Undelivered
from bot.effects import HOURS
from bot.effects.outgoing import INCIDENTS, RUN, Outgoing
from bot.people.team import Team
from bot.runs.model import Card
from bot.text import say
from handlers.slack.messaging.template import Scene

_ID = re.compile(r"[CGDUW][A-Z0-9]+")


@dataclass(frozen=True)
class Place:
    """A channel or person by id; `thread`: the message there that is replied to."""

    channel: str
    thread: str | None = None


def is_person(place: str) -> bool:
    """Whether a place is a direct message to somebody."""
    return place[:1] in ("U", "W")


def places_of(outgoing: Outgoing, team: Team, scene: Scene) -> list[Place]:
    """Where a message may go, the best place first; nothing when there is no such place.

    Raises:
        Undelivered: the run's channel or card is not there yet.
    """
    if outgoing.thread:
        return _thread_of(scene.card)
    found = (place_of(to, team, scene) for to in outgoing.to)
    return [Place(channel) for channel in found if channel]


def _thread_of(card: Card | None) -> list[Place]:
    if card is None or card.state != "live":
        return []
    if card.ts is None or card.channel is None:
        raise Undelivered(say("its card does not exist yet"), 1.0)
    return [Place(card.channel, card.ts)]


def place_of(to: str, team: Team, scene: Scene) -> str | None:
    """A channel or person by id, a channel by its name in the team file; `run` is where the run is told of.

    Raises:
        Undelivered: the run's channel is not there yet.
    """
    if to == RUN:
        if scene.place is None:
            raise Undelivered(say("its channel does not exist yet"), 1.0, HOURS)
        return scene.place
    if to == INCIDENTS:
        return team.channels.get(INCIDENTS) or team.channels.get("announcements")
    return to if _ID.fullmatch(to) else team.channels.get(to)
