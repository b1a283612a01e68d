"""The timeline as a file: whole and readable in each format, with names in place of ids."""

import csv
import io
import json

from domain_world import ALICE, BRUNO, TEAM, World

from bot.domain.names import Names
from bot.domain.timeline_files import FORMATS, written
from bot.incidents import conduct
from bot.people import Actor


def exported(world: World, form: str, *notes: str) -> str:
    """An incident with these notes, as a file."""
    incident = world.declare()
    for note in notes:
        world.do(conduct.note, BRUNO, incident.id, note)
    chosen = FORMATS[form]
    return chosen.before + written(world.events(incident.run_id), chosen, _names(world)) + chosen.after


def _names(world: World) -> Names:
    return world.ask(lambda tx: Names(tx, TEAM))


def test_json_is_a_list_of_events(world: World) -> None:
    events = json.loads(exported(world, "json", f"as <@{ALICE.user}> said"))
    assert (events[-1]["who"], events[-1]["what"]) == ("Bruno", "noted: as Alice said")
    assert [each["event"] for each in events] == sorted(each["event"] for each in events)


def test_csv_has_a_row_for_each_event_and_no_formula(world: World) -> None:
    world.ask(lambda tx: tx.timeline.record("note.added", Actor("U9", "=HYPERLINK(1)"), None, text='a, "b"\nc'))
    text = FORMATS["csv"].before + written(world.ask(lambda tx: tx.timeline.after(0, 9)), FORMATS["csv"], _names(world))
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["who"], row["what"]) == ("'=HYPERLINK(1)", 'noted: a, "b" ⏎ c')


def test_markdown_is_what_was_written(world: World) -> None:
    line = exported(world, "markdown", "*all* of <it>").splitlines()[-1]
    assert line.startswith("- 2026-11-23 15:00:00Z **Bruno**: noted: ")
    assert line.endswith(r"\*all\* of \<it\>")
