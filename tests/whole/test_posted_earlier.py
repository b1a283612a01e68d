"""Messages and forms from before an upgrade: what they carry was written otherwise, and still does what it says."""

from typing import Any

import pytest

from bot.effects import Effect
from bot.ports import Tx
from bot.text import say
from handlers.slack.blocks import ids
from sandbox.slack import Person
from whole.deliveries import Visitor
from whole.workspace import Workspace

BRUNO = Person("U02BRUNO", "bruno", "Bruno Barros", "bruno@neonpro.example")


async def test_a_health_card_checks_the_same_groups_again(workspace: Workspace) -> None:
    card = await workspace.slack.say("alice", "devops", "a card of health")
    await Visitor(workspace, BRUNO).clicks(card, ids.HEALTH_AGAIN, "api,vendors", quiet=True)
    (planned,) = await workspace.read(lambda tx: tx.effects.find(kind="health"))
    assert planned.payload["groups"] == ["api", "vendors"]


async def test_a_form_of_a_note_is_kept(workspace: Workspace) -> None:
    await workspace.declare("p2 Checkout is slow", by=workspace.bruno)
    heard = await Visitor(workspace, BRUNO).submits(ids.INCIDENT_NOTE, "1", {"text": "It is the cache"})
    assert "incident 1" in heard.words
    notes = await workspace.read(lambda tx: [each for each in tx.timeline.after(0, 1000) if each.kind == "note.added"])
    assert [each.data["text"] for each in notes] == ["It is the cache"]


async def test_a_form_of_an_emergency_starts_it_where_it_was_asked_for(workspace: Workspace) -> None:
    devops = workspace.slack.channel("devops").id
    form = (f"new:api:{devops}", {"reason": "checkout is down"})
    await Visitor(workspace, BRUNO).submits(ids.ROLLBACK_EMERGENCY, *form, quiet=True)
    (run,) = await workspace.read(lambda tx: tx.runs.find(kind="rollback"))
    assert (run.targets, run.channel) == (("api",), devops)


async def test_of_a_run_whose_runbook_cannot_be_read_any_more_is_said_what_was_planned(workspace: Workspace) -> None:
    await workspace.declare("p2 Checkout is slow", by=workspace.bruno)
    await workspace.bruno.types("/incident close 1")
    await workspace.settled()

    def plan(tx: Tx) -> None:
        tx.runbooks.keep("0ld", "services: 1\n", "neonpro.yml")
        run = tx.runs.get(1)
        assert run
        tx.runs.save(run, runbook_version="0ld")
        tx.effects.plan("say", "say:devops", {"to": "devops", "text": "Planned of an old run"}, run_id=1)

    await workspace.bot.database.write(plan)
    await workspace.until(lambda: [m for m in workspace.slack.messages("devops") if "of an old run" in m.text])


async def test_a_sentence_that_was_planned_is_said(workspace: Workspace) -> None:
    def plan(tx: Tx) -> Effect:
        return tx.effects.plan("say", "say:devops", {"to": "devops", "text": say("Planned before")})

    await workspace.bot.database.write(plan)
    await workspace.until(lambda: [m for m in workspace.slack.messages("devops") if "Planned before" in m.text])


EARLIER: list[tuple[str, dict[str, Any], str]] = [
    ("say", {"to": "run", "text": "Planned before"}, "Planned before"),
    ("post", {"to": "run", "message": "incident.reopened", "data": {"by": "U02BRUNO"}}, "reopened the incident"),
    ("watch.tell", {"worse": False, "state": "healthy", "words": "Errors: 0"}, "It is healthy again"),
    ("approvers.ask", {"people": ["alice"]}, "one of you approves it: <@U01ALICE>"),
]


@pytest.mark.parametrize(("kind", "payload", "words"), EARLIER)
async def test_a_message_of_an_earlier_version_is_sent_once(
    workspace: Workspace, kind: str, payload: dict[str, Any], words: str
) -> None:
    room = await workspace.declare("p2 Checkout is slow", by=workspace.bruno)
    await workspace.bot.database.write(lambda tx: tx.effects.plan(kind, "run:1:say", payload, run_id=1))
    await workspace.settled()
    assert room.heard(words) == 1
