"""Where a message goes: one resolver of every way to name a place."""

import re

from bot.delivery import Undelivered
from bot.effects import HOURS
from bot.people.team import Team
from bot.text import say
from handlers.slack.messaging.scene import Scene

RUN, INCIDENTS = "run", "incidents"
_ID = re.compile(r"[CGDUW][A-Z0-9]+")


def is_person(place: str) -> bool:
    """Whether a place is a direct message to somebody."""
    return place[:1] in ("U", "W")


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
