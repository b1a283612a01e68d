"""Who is tried next when nobody was reached: the levels of the runbook's escalation, from the item's own upwards."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from bot.people import Team
from bot.runbook.model import EscalationLevel, Runbook


@dataclass(frozen=True)
class Next:
    """A level and the people of it who were not tried."""

    level: EscalationLevel
    people: tuple[str, ...]


def next_people(
    runbook: Runbook, team: Team, roles: Collection[str], tried: Collection[str], may_know: Callable[[str], bool]
) -> Next | None:
    """The first level with somebody who was not tried; after the highest come those below. None = all were.

    Who may not know of it (`may_know`, by short name) is left out.
    """
    ladder = sorted(runbook.escalation, key=lambda level: level.level)
    first = next((n for n, level in enumerate(ladder) if set(level.roles) & set(roles)), 0)
    for level in (*ladder[first:], *ladder[:first]):
        people = tuple(key for key in team.holders(level.roles) if key not in tried and may_know(key))
        if people:
            return Next(level, people)
    return None
