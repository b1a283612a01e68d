"""Rotations: who is on call in which week. Every instant is computed from the local calendar, never by adding hours."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.text import say

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _hand_over(value: str) -> str:
    if not re.fullmatch(rf"({'|'.join(DAYS)}) ([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError(say("write a day and a time such as mon 09:00"))
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(say("write a time zone such as America/Sao_Paulo"))
    return value


def _local(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo or not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", value):
        raise ValueError(say("write a day and a time such as 2026-12-24 09:00, in the zone of the rotation"))
    return value


def _day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError(say("write a day such as 2026-11-02")) from None
    return value


class Cover(BaseModel):
    """Somebody is on call in another's place, from and until a local time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str
    starts: Annotated[str, AfterValidator(_local)] = Field(alias="from")
    ends: Annotated[str, AfterValidator(_local)] = Field(alias="until")


class Rotation(BaseModel):
    """Who is on call for a role: the people take turns, and hand over on one day of the week at one time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str
    people: Annotated[tuple[str, ...], Field(min_length=1)]
    hands_over: Annotated[str, AfterValidator(_hand_over)] = "mon 09:00"
    since: Annotated[str, AfterValidator(_day)]
    """The day of the first hand-over: the first of the people has it from then on."""
    zone: Annotated[str, AfterValidator(_zone)]
    weeks: Annotated[int, Field(ge=1, le=8)] = 1
    overrides: tuple[Cover, ...] = ()

    @property
    def tz(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.zone)

    @property
    def day(self) -> str:
        """The day of the week on which it is handed over."""
        return self.hands_over.split()[0]

    def hand_over(self, number: int) -> datetime:
        """The instant (UTC) of the number-th hand-over, the first being 0."""
        day = date.fromisoformat(self.since) + timedelta(weeks=self.weeks * number)
        return instant_of(datetime.combine(day, time.fromisoformat(self.hands_over.split()[1])), self.tz)


@dataclass(frozen=True)
class Shift:
    """Somebody has it from one instant until another (UTC); `covers`: in whose place."""

    person: str
    starts: datetime
    ends: datetime
    covers: str = ""


def instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """A local time as an instant: of an hour that comes twice the first; one that is skipped counts from before it."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def turn_at(rotation: Rotation, at: datetime) -> Shift | None:
    """Whose turn it is, whoever covers for them; None before the first hand-over."""
    days = (at.astimezone(rotation.tz).date() - date.fromisoformat(rotation.since)).days
    number = days // (7 * rotation.weeks)
    if rotation.hand_over(number) > at:
        number -= 1
    return _turn(rotation, number) if number >= 0 else None


def _turn(rotation: Rotation, number: int) -> Shift:
    person = rotation.people[number % len(rotation.people)]
    return Shift(person, rotation.hand_over(number), rotation.hand_over(number + 1))


def turns_from(rotation: Rotation, at: datetime, count: int) -> list[Shift]:
    """The next turns, beginning with the one that runs (or the first)."""
    first = turn_at(rotation, at)
    found = [first or _turn(rotation, 0)]
    while len(found) < count:
        following = turn_at(rotation, found[-1].ends)
        assert following, "it has begun"
        found.append(following)
    return found


def covers_of(rotation: Rotation) -> list[Shift]:
    """The overrides of the team file, as instants."""

    def instant(local: str) -> datetime:
        return instant_of(datetime.fromisoformat(local), rotation.tz)

    return [Shift(each.person, instant(each.starts), instant(each.ends)) for each in rotation.overrides]


def on_call(rotation: Rotation, at: datetime, covers: Iterable[Shift] = ()) -> Shift | None:
    """Who has it: of those who cover, the one who was named last (`covers` come after those of the file)."""
    turn = turn_at(rotation, at)
    for cover in reversed([*covers_of(rotation), *covers]):
        if cover.starts <= at < cover.ends:
            return Shift(cover.person, cover.starts, cover.ends, turn.person if turn else "")
    return turn
