"""What texts are made of: sentences, counts, lists, durations, times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from bot.text.catalogue import translated, translated_as, translated_count
from bot.text.values import Change, Reader, data_of, mapped, said_to


@dataclass(frozen=True)
class Sentence:
    """A sentence with named placeholders."""

    sentence: str
    values: Mapping[str, Any]

    def words(self, reader: Reader) -> str:
        found = translated(self.sentence, reader.locale)
        return found.format(**_said(self.values, reader)) if self.values else found

    def data(self) -> dict[str, Any]:
        return {"say": self.sentence, "with": _packed_values(self.values)}

    def mapped(self, change: Change) -> "Sentence":
        return Sentence(self.sentence, {name: mapped(value, change) for name, value in self.values.items()})


@dataclass(frozen=True)
class Count:
    """A sentence about `count` things."""

    one: str
    many: str
    count: int
    values: Mapping[str, Any]

    def words(self, reader: Reader) -> str:
        found = translated_count(self.one, self.many, self.count, reader.locale)
        return found.format(count=self.count, **_said(self.values, reader))

    def data(self) -> dict[str, Any]:
        return {"one": self.one, "many": self.many, "count": self.count, "with": _packed_values(self.values)}

    def mapped(self, change: Change) -> "Count":
        values = {name: mapped(value, change) for name, value in self.values.items()}
        return Count(self.one, self.many, self.count, values)


@dataclass(frozen=True)
class Words:
    """Words that stay as they are: their form is of a version that this one cannot read."""

    text: str

    def words(self, reader: Reader) -> str:
        return self.text

    def data(self) -> dict[str, Any]:
        return {"say": "{words}", "with": {"words": self.text}}

    def mapped(self, change: Change) -> "Words":
        return Words(change(self.text))


@dataclass(frozen=True)
class Written:
    """Words of a runbook, of this field; `pt`: what the runbook says itself in Portuguese."""

    field: str
    text: str
    pt: str | None = None

    def words(self, reader: Reader) -> str:
        if found := translated_as(f"runbook {self.field}", self.text, reader.locale):
            return found
        return self.pt if self.pt and reader.locale.lower().startswith("pt") else self.text

    def data(self) -> dict[str, Any]:
        return {"written": self.text, "field": self.field, "pt": self.pt}

    def mapped(self, change: Change) -> "Written":
        return Written(self.field, change(self.text), self.pt and change(self.pt))


AND, OR = "{first} and {last}", "{first} or {last}"


@dataclass(frozen=True)
class Listing:
    """Several things: `a, b and c`, or `a, b or c`; beyond `most` the rest is counted."""

    items: tuple[Any, ...]
    most: int
    joined: str = AND

    def words(self, reader: Reader) -> str:
        shown = [str(said_to(reader, each)) for each in self.items[: self.most]]
        if len(self.items) > self.most:
            shown.append(translated("{count} more", reader.locale).format(count=len(self.items) - self.most))
        if len(shown) < 2:
            return "".join(shown)
        return translated(self.joined, reader.locale).format(first=", ".join(shown[:-1]), last=shown[-1])

    def data(self) -> dict[str, Any]:
        return {"list": [data_of(each) for each in self.items], "most": self.most, "joined": self.joined}

    def mapped(self, change: Change) -> "Listing":
        return Listing(tuple(mapped(each, change) for each in self.items), self.most, self.joined)


@dataclass(frozen=True)
class Span:
    """A duration as people say it: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""

    seconds: int
    UNITS: ClassVar = (("{count} d", 86400), ("{count} h", 3600), ("{count} min", 60), ("{count} s", 1))

    def words(self, reader: Reader) -> str:
        left, parts = max(self.seconds, 0), []
        for unit, size in self.UNITS:
            count, left = divmod(left, size)
            if count:
                parts.append(translated(unit, reader.locale).format(count=count))
        return " ".join(parts[:2]) or translated("{count} s", reader.locale).format(count=0)

    def data(self) -> dict[str, Any]:
        return {"seconds": self.seconds}

    def mapped(self, change: Change) -> "Span":
        return self


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Moment:
    """A time in a zone: `Mon 23 Nov 14:00 (America/Sao_Paulo)`.

    In the hour that comes twice when clocks go back, the offset tells which one it is.
    """

    at: datetime
    zone: ZoneInfo

    def words(self, reader: Reader) -> str:
        zone = reader.zone or self.zone
        local = self.at.astimezone(zone)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        day, month = (translated(each, reader.locale) for each in (DAYS[local.weekday()], MONTHS[local.month - 1]))
        offset = " UTC" + local.isoformat()[-6:] if twice else ""
        return f"{day} {local:%d} {month} {local:%H:%M}{offset} ({zone.key})"

    def data(self) -> dict[str, Any]:
        return {"at": self.at.isoformat(), "zone": self.zone.key}

    def mapped(self, change: Change) -> "Moment":
        return self


def _said(values: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    return {name: said_to(reader, value) for name, value in values.items()}


def _packed_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data_of(value) for name, value in values.items()}
