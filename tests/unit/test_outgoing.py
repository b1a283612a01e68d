"""Messages: every kind of effect says where it goes and what it says, also one that was planned before an upgrade."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.delivery import Undelivered
from bot.effects import Effect
from bot.effects.outgoing import READERS, Mentions, Outgoing, payload_of, read_outgoing
from bot.people.team import Team
from handlers.slack.messaging.destinations import place_of
from handlers.slack.messaging.template import Scene
from handlers.slack.table import MESSAGES

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEAM = Team(channels={"devops": "C0DEVOPS", "announcements": "C0GENERAL"})
LOCK = ["production", "lock", "2026-11-23T15:00:00+00:00"]
NEW = Outgoing(("run", "C0A"), "text", {"text": "x"}, "main", Mentions(("alice",), ("devops",), ("Bruno (gone)",)))
PLANNED: list[tuple[str, dict[str, Any], Outgoing]] = [
    ("say", {"to": "U02BRUNO", "text": "x"}, Outgoing(("U02BRUNO",), "text")),
    ("say", {"to": "C0A", "instead": ["devops"], "text": "x"}, Outgoing(("C0A", "devops"), "text")),
    ("say", {"to": "U02BRUNO", "text": "x", "hold": LOCK}, Outgoing(("U02BRUNO",), "hold.reminder")),
    ("post", {"to": "run", "message": "incident.closed", "data": {}}, Outgoing(("run",), "incident.closed")),
    ("announce", {"took": "5 min", "left": ""}, Outgoing(("devops",), "deploy.ended")),
    ("tail", {"path": "/a", "text": "x", "page": "main"}, Outgoing(("run",), "step.tail", thread="main")),
    ("message", payload_of(NEW), NEW),
    ("watch.tell", {"worse": True}, Outgoing(("run",), "watch.changed", mentions=Mentions(roles=("devops",)))),
    ("watch.tell", {"worse": False}, Outgoing(("run",), "watch.changed")),
    ("approvers.ask", {"people": ["alice"]}, Outgoing(("run",), "deploy.approvers", mentions=Mentions(("alice",)))),
]


@pytest.mark.parametrize(("kind", "payload", "wanted"), PLANNED)
def test_what_was_planned_is_still_said(kind: str, payload: dict[str, Any], wanted: Outgoing) -> None:
    read = read_outgoing(Effect(1, "op", kind, "target", payload, NOON, NOON))
    assert replace(read, data={}) == replace(wanted, data={})
    assert read.template in MESSAGES


def test_every_kind_is_tried_here() -> None:
    assert {kind for kind, _, _ in PLANNED} == set(READERS)


@pytest.mark.parametrize(
    ("to", "place"),
    [("run", "C0RUN"), ("incidents", "C0GENERAL"), ("devops", "C0DEVOPS"), ("C0OTHER", "C0OTHER"),
     ("U02BRUNO", "U02BRUNO"), ("nowhere", None)],
)  # fmt: skip
def test_a_place_is_found_however_it_is_named(to: str, place: str | None) -> None:
    assert place_of(to, TEAM, Scene(None, None, {}, "C0RUN")) == place


def test_a_channel_that_is_not_there_yet_is_waited_for() -> None:
    with pytest.raises(Undelivered, match="does not exist yet"):
        place_of("run", TEAM, Scene(None, None, {}))
