"""The chain of events: the digest covers everything, and the verifier finds every kind of damage."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.timeline import GENESIS, Event, Verifier, digest
from bot.timeline.wording import WORDS, event_words

AT = datetime(2026, 11, 23, 15, 0, 0, 7, tzinfo=UTC)


def chain(count: int) -> list[Event]:
    events: list[Event] = []
    for seq in range(1, count + 1):
        previous = events[-1].hash if events else GENESIS
        event = Event(seq, AT, "note.added", "U1", "Alice", 1, {"text": f"note {seq}"}, previous)
        events.append(replace(event, hash=digest(event)))
    return events


UNDONE = "started to undo the rollback of run 7: API → dpl_1"
WHY = [
    (
        "run.ended",
        {"title": "Deploy", "state": "cancelled", "why": "nobody decided"},
        "Deploy: cancelled (nobody decided)",
    ),
    ("run.ended", {"title": "Deploy", "state": "aborted", "why": "a\nb"}, "Deploy: aborted (a)"),
    ("run.ended", {"title": "Deploy", "state": "done", "why": None}, "Deploy: done"),
    ("rollback.undone", {"undoes": 7, "returns": [{"title": "API", "returns_name": "dpl_1"}]}, UNDONE),
    ("rollback.undone", {"undoes": 7, "returns": ["API → dpl_1"]}, UNDONE),
    ("run.ended", {"title": "Deploy", "state": "cancelled"}, "Deploy: cancelled"),
    ("run.ended", {"title": "Deploy", "state": "cancelled", "why": "cancelled"}, "Deploy: cancelled"),
    ("step.unknown", {"text": "Build", "found": "Look first"}, "was interrupted in Build: Look first"),
    ("step.ticked", {"step": "back", "found": "Roll back: done"}, "ticked back: Roll back: done"),
]


@pytest.mark.parametrize(("kind", "data", "words"), WHY)
def test_an_event_says_why(kind: str, data: dict[str, Any], words: str) -> None:
    assert event_words(Event(1, AT, kind, "U1", "Alice", 1, data, GENESIS)) == words


def faults(events: list[Event], whole: list[Event]) -> list[str]:
    verifier = Verifier()
    verifier.read(events)
    verifier.finish(whole[-1].seq, whole[-1].hash)
    return [fault.what for fault in verifier.faults]


def test_a_whole_chain_has_no_fault() -> None:
    assert faults(chain(5), chain(5)) == []


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_it_is_read_in_any_batches(batch: int) -> None:
    events, verifier = chain(5), Verifier()
    for start in range(0, 5, batch):
        verifier.read(events[start : start + batch])
    assert (verifier.faults, verifier.seq, verifier.hash) == ([], 5, events[-1].hash)


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 9}, {"at": AT + timedelta(microseconds=1)}, {"kind": "note.lost"}, {"actor": "U2"},
        {"actor_name": "Alicia"}, {"run_id": 2}, {"run_id": None}, {"data": {}}, {"data": {"text": "note 3 "}},
        {"previous": GENESIS}, {"hash": GENESIS},
    ],
)  # fmt: skip
def test_any_change_of_an_event_shows(change: dict[str, Any]) -> None:
    whole = chain(5)
    assert faults([*whole[:2], replace(whole[2], **change), *whole[3:]], whole)


def rehashed(event: Event, **change: Any) -> Event:
    changed = replace(event, **change)
    return replace(changed, hash=digest(changed))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda e: [*e[:2], *e[3:]], id="removed"),
        pytest.param(lambda e: [*e[:2], *(rehashed(x, seq=x.seq - 1) for x in e[3:])], id="removed and renumbered"),
        pytest.param(lambda e: [e[1], e[0], *e[2:]], id="reordered"),
        pytest.param(lambda e: [rehashed(e[1], seq=1), rehashed(e[0], seq=2), *e[2:]], id="reordered, renumbered"),
        pytest.param(lambda e: e[:-1], id="tail cut off"),
        pytest.param(lambda e: [], id="emptied"),
        pytest.param(lambda e: [rehashed(e[0], seq=0), *e], id="put in front"),
        pytest.param(lambda e: [*e[:2], rehashed(e[1], seq=3), *e[2:]], id="put in between"),
        pytest.param(lambda e: [*e, rehashed(e[-1], seq=6, previous=e[-1].hash)], id="added without the head"),
        pytest.param(lambda e: [*e[:2], rehashed(e[2], actor="U2"), *e[3:]], id="edited with its hash"),
    ],
)
def test_every_damage_is_found(damage: Any) -> None:
    whole = chain(5)
    assert faults(damage(whole), whole)


def test_an_empty_timeline_is_whole() -> None:
    verifier = Verifier()
    verifier.finish(0, GENESIS)
    assert verifier.faults == []


def test_the_digest_is_the_same_in_every_zone() -> None:
    event = chain(1)[0]
    assert digest(replace(event, at=event.at.astimezone(timezone(timedelta(hours=-3))))) == digest(event)


def test_the_digest_does_not_depend_on_the_order_of_data() -> None:
    event = chain(1)[0]
    assert digest(replace(event, data={"a": 1, "b": 2})) == digest(replace(event, data={"b": 2, "a": 1}))


def test_the_digest_never_changes_between_versions() -> None:
    event = Event(7, AT, "note.added", "U1", "Álice", None, {"text": "déjà 🎉", "n": [1, None, True]}, GENESIS)
    assert digest(event) == "1a7d39c9321646d9534f3ed3eeb51aa6a025a00c64d9fc128287414e1f6192e4"


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_two_events_that_differ_have_different_digests(one: str, other: str, data: dict[str, Any]) -> None:
    event = replace(chain(1)[0], data=data)
    first, second = replace(event, actor=one), replace(event, actor=other)
    assert (digest(first) == digest(second)) is (one == other)


class Text(dict[str, Any]):
    """An event whose data are all texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def __missing__(self, name: str) -> str:
        return self._text


class Said(dict[str, Any]):
    """Whatever an event may have to say."""

    def __missing__(self, name: str) -> Any:
        if name in ("returns", "notes"):
            return [Said()]
        return {"took": 180.0, "texts": {"en": "text"}, "before": None, "ts": "1795914482.000100", "files": {}}.get(
            name, str(AT) if name.endswith("_at") else name
        )


@pytest.mark.parametrize("kind", WORDS)
def test_every_kind_of_event_has_a_sentence(kind: str) -> None:
    said = event_words(Event(1, AT, kind, "U1", "Alice", 1, Said()))
    assert "{" not in said
    assert said != kind.replace(".", " ").replace("_", " ")


@pytest.mark.parametrize("kind", WORDS)
@pytest.mark.parametrize("data", [{}, Text("what"), {"returns": ["API → back"], "undoes": 2}, {"returns": None}])
def test_an_event_of_another_version_is_shown_all_the_same(kind: str, data: dict[str, Any]) -> None:
    assert event_words(Event(1, AT, kind, "U1", "Alice", 1, data))


def test_an_unknown_kind_of_event_is_shown_in_its_own_words() -> None:
    assert event_words(Event(1, AT, "card.was_lost", "U1", "Alice")) == "card was lost"
