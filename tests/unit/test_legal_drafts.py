"""Drafts of legal communications: written, reviewed by whose word counts, sent by a person."""

import pytest
from domain_world import CARLA, NOON, World

from bot.errors import Refusal
from bot.incidents.declare import channel_opened
from bot.legal import clocks, drafts
from bot.legal.drafts import DraftRef
from bot.legal.export import document
from bot.legal.model import ClockState, DraftState, LegalDraft
from bot.people import Actor

DIEGO = Actor("U04DIEGO", "Diego", frozenset({"compliance_officer"}))


@pytest.fixture
def breach(world: World) -> int:
    """A data breach whose clocks run."""
    incident = world.declare("data-breach", "Somebody reads our mail", actor=CARLA)
    world.do(clocks.set_knowledge, CARLA, incident.id, NOON)
    return incident.id


def written(world: World, number: int, **changes: str) -> DraftRef:
    """A draft with something in every field."""
    asked = drafts.communication(world.domain, "anpd")
    before = world.ask(lambda tx: drafts.draft_of(tx, number, "anpd"))
    fields = {each.id: "x" for each in asked.fields} | changes
    ref = DraftRef(number, "anpd", before.version if before else 0)
    return DraftRef(number, "anpd", world.do(drafts.write_draft, CARLA, ref, fields).version)


def stored(world: World, number: int) -> LegalDraft:
    found = world.ask(lambda tx: drafts.draft_of(tx, number, "anpd"))
    assert found
    return found


def test_every_item_of_the_resolution_is_asked_for(world: World) -> None:
    fields = drafts.communication(world.domain, "anpd").fields
    assert " ".join(each.source.split()[-1] for each in fields) == "I II III IV V VI VII VIII IX X XI XII"


def test_what_is_known_is_filled_in(world: World, breach: int) -> None:
    asked = drafts.communication(world.domain, "anpd")
    known = world.do(lambda domain, tx: drafts.prefilled(domain, tx, tx.incidents.get(breach), asked))
    assert known["description"].startswith("Somebody reads our mail")
    assert "Knowledge: Mon 23 Nov 12:00 (America/Sao_Paulo)" in known["dates"]


def test_nothing_is_sent_that_was_not_reviewed(world: World, breach: int) -> None:
    ref = written(world, breach)
    with pytest.raises(Refusal, match="was not reviewed"):
        world.do(drafts.sent, DIEGO, ref, "SEI 4711")


def test_only_whose_word_counts_reviews(world: World, breach: int) -> None:
    ref = written(world, breach)
    with pytest.raises(Refusal, match="role compliance officer"):
        world.do(drafts.review, CARLA, ref)
    assert world.do(drafts.review, DIEGO, ref).state is DraftState.REVIEWED


def test_what_is_not_complete_is_not_reviewed(world: World, breach: int) -> None:
    ref = written(world, breach, dpo=" ", operator="")
    with pytest.raises(Refusal, match="not complete: Data protection officer"):
        world.do(drafts.review, DIEGO, ref)


def test_sending_meets_its_clock_under_the_same_reference(world: World, breach: int) -> None:
    ref = DraftRef(breach, "anpd", world.do(drafts.review, DIEGO, written(world, breach)).version)
    world.do(drafts.sent, CARLA, ref, "SEI 4711")
    clock = next(each for each in world.ask(lambda tx: clocks.clocks_of(tx, breach)) if each.clock == "anpd_notice")
    assert (clock.state, clock.words) == (ClockState.MET, "SEI 4711")
    assert (stored(world, breach).state, stored(world, breach).sent_by) == (DraftState.SENT, CARLA.user)


def test_a_change_after_the_review_has_to_be_reviewed_anew(world: World, breach: int) -> None:
    reviewed = DraftRef(breach, "anpd", world.do(drafts.review, DIEGO, written(world, breach)).version)
    written(world, breach, risks="more than we thought")
    assert (stored(world, breach).state, stored(world, breach).reviewed_by) == (DraftState.DRAFT, None)
    with pytest.raises(Refusal, match="changed since it was shown"):
        world.do(drafts.sent, DIEGO, reviewed, "SEI 4711")


def test_two_people_do_not_write_over_one_another(world: World, breach: int) -> None:
    written(world, breach)
    with pytest.raises(Refusal, match="somebody else changed"):
        world.do(drafts.write_draft, DIEGO, DraftRef(breach, "anpd", 0), {"risks": "none"})


def test_what_was_sent_stays_as_it_was(world: World, breach: int) -> None:
    ref = DraftRef(breach, "anpd", world.do(drafts.review, DIEGO, written(world, breach)).version)
    world.do(drafts.sent, CARLA, ref, "SEI 4711")
    with pytest.raises(Refusal, match="was sent already"):
        written(world, breach)


def test_it_is_exported_into_a_private_channel_only(world: World, breach: int) -> None:
    world.ask(lambda tx: channel_opened(tx, 1, "C9", "incident-x"))
    world.do(drafts.export, CARLA, written(world, breach))
    (effect,) = world.ask(lambda tx: tx.effects.find(kind="legal.export"))
    assert effect.payload["channel"] == "C9"
    public = world.declare("p1").id
    with pytest.raises(Refusal, match="is not private"):
        world.do(drafts.export, CARLA, written(world, public))


def test_the_document_names_sources_state_and_that_a_lawyer_decides(world: World, breach: int) -> None:
    written(world, breach, risks="Somebody may *read* it")
    asked = drafts.communication(world.domain, "anpd")
    text = document(asked, world.incident(breach), stored(world, breach), {CARLA.user: "Carla"}, world.domain.zone)
    assert "not reviewed: not to be sent" in text
    assert "Draft of Carla" in text
    assert "A lawyer decides" in text
    assert "## Risks and possible effects for the subjects\n\n*art. 6 §2 IV*\n\nSomebody may *read* it" in text


def test_the_timeline_has_the_fingerprint_of_what_was_reviewed(world: World, breach: int) -> None:
    draft = world.do(drafts.review, DIEGO, written(world, breach))
    event = world.events(1)[-1]
    assert (event.kind, event.data["sha256"]) == ("legal.reviewed", drafts.fingerprint(draft))
