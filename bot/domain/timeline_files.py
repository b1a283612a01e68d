"""The timeline as a file: Markdown and CSV for people, JSON for programs, text for a terminal, JSON lines to verify."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.names import Names
from bot.text.legible import escaped, one_line
from bot.text.stored import packed_all
from bot.timeline import Event
from bot.timeline.wording import event_words

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~])")
_FORMULA = ("=", "+", "-", "@", "\t")
"""What a spreadsheet takes for a formula at the beginning of a cell."""
COLUMNS = ("event", "time", "who", "what", "kind", "hash")


@dataclass(frozen=True)
class TimelineFormat:
    """What stands before all events, how one is written, and what stands between two and after all."""

    written: Callable[[Event, Names], str]
    before: str = ""
    between: str = ""
    after: str = ""
    kind: str = "text/plain"


def who(event: Event, names: Names) -> str:
    """The name that the actor had then, else the one that is known now; on one line."""
    name = event.actor_name if event.actor_name != event.actor else names.of(event.actor)
    return one_line(name, " ⏎ ")


def what(event: Event, names: Names) -> str:
    """What happened, on one line, with names in place of ids: nothing that somebody wrote can look like another."""
    return one_line(names.written(event_words(event)), " ⏎ ")


def _at(event: Event) -> str:
    return f"{event.at:%Y-%m-%d %H:%M:%S}Z"


def _text(event: Event, names: Names) -> str:
    return f"{_at(event)}  {who(event, names)}: {what(event, names)}\n"


def _lines(event: Event, names: Names) -> str:
    """As it is stored: whoever has the lines can compute the hashes."""
    stored = {**vars(event), "at": event.at.isoformat(), "data": packed_all(event.data)}
    return escaped(json.dumps(stored, ensure_ascii=False)) + "\n"


def _json(event: Event, names: Names) -> str:
    values = (event.seq, event.at.isoformat(), who(event, names), what(event, names), event.kind, event.hash)
    return escaped(json.dumps(dict(zip(COLUMNS, values, strict=True)), ensure_ascii=False))


def _csv(event: Event, names: Names) -> str:
    row = io.StringIO()
    said = (_cell(who(event, names)), _cell(what(event, names)), one_line(event.kind))
    csv.writer(row, lineterminator="\r\n").writerow([event.seq, event.at.isoformat(), *said, event.hash])
    return row.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _markdown(event: Event, names: Names) -> str:
    who_said, said = (_MARKDOWN.sub(r"\\\1", each) for each in (who(event, names), what(event, names)))
    return f"- {_at(event)} **{who_said}**: {said}\n"


FORMATS = {
    "jsonl": TimelineFormat(_lines, kind="application/jsonl"),
    "text": TimelineFormat(_text),
    "markdown": TimelineFormat(_markdown, kind="text/markdown"),
    "json": TimelineFormat(_json, "[\n", ",\n", "\n]\n", "application/json"),
    "csv": TimelineFormat(_csv, ",".join(COLUMNS) + "\r\n", kind="text/csv"),
}


def written(events: Sequence[Event], chosen: TimelineFormat, names: Names) -> str:
    """These events in a format."""
    return chosen.between.join(chosen.written(event, names) for event in events)
