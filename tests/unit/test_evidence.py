"""Evidence: kept once with its hash, handed over on record, verified against the timeline."""

from pathlib import Path

import pytest
from domain_world import ALICE, BRUNO, CARLA, World

from bot.cli.evidence import fault_of
from bot.errors import Refusal
from bot.evidence import custody
from bot.evidence.custody import SeenFile, SeenMessage
from bot.evidence.files import digest_of, folder_of, write
from bot.evidence.model import Evidence, EvidenceState
from bot.incidents.declare import channel_opened
from bot.people import Actor, Member

LOG = SeenFile("access.log", 3, "https://files.slack.com/files-pri/T1-F1/access.log")
THERE = SeenMessage("C9", "1764000000.000100", BRUNO.user, (LOG,))
HERE = Actor(CARLA.user, CARLA.name, CARLA.roles, place="C9")


@pytest.fixture
def breach(world: World) -> int:
    incident = world.declare("data-breach", actor=CARLA)
    world.ask(lambda tx: channel_opened(tx, incident.run_id, "C9", incident.channel_name))
    return incident.id


def keep(world: World, folder: Path, content: bytes = b"log") -> list[Evidence]:
    """A message and its file, both kept."""
    for row in world.do(custody.keep, HERE, THERE):
        sha256, path = write(folder, row.incident, content)
        world.do(custody.kept, row.id, sha256, len(content), path)
    return world.ask(lambda tx: custody.evidence_of(tx, 1))


def test_a_message_is_kept_with_its_files(world: World, breach: int, tmp_path: Path) -> None:
    message, file = keep(world, tmp_path)
    assert (message.kind, message.author, message.taken_by) == ("message", BRUNO.user, CARLA.user)
    assert (file.name, file.size, file.sha256) == ("access.log", 3, digest_of(tmp_path, file.path))
    assert world.kinds(1).count("evidence.kept") == 2


def test_a_message_is_kept_once(world: World, breach: int, tmp_path: Path) -> None:
    keep(world, tmp_path)
    with pytest.raises(Refusal, match="kept already"):
        world.do(custody.keep, HERE, THERE)


def test_evidence_is_kept_in_an_incident_s_channel_only(world: World, breach: int) -> None:
    elsewhere = Actor(CARLA.user, CARLA.name, CARLA.roles, place="C1")
    with pytest.raises(Refusal, match="only in an incident channel"):
        world.do(custody.keep, elsewhere, THERE)


def test_its_file_is_for_the_bot_s_user_only(tmp_path: Path) -> None:
    _, path = write(tmp_path, 1, b"log")
    file = folder_of(tmp_path) / path
    assert [each.stat().st_mode & 0o777 for each in (file, file.parent, folder_of(tmp_path))] == [0o600, 0o700, 0o700]


def test_every_hand_through_which_it_went_is_on_record(world: World, breach: int, tmp_path: Path) -> None:
    _, file = keep(world, tmp_path)
    world.do(custody.hand_over, CARLA, breach, file.id, ALICE.user, " for the  lawyer ")
    (hand,) = world.ask(lambda tx: custody.hands_of(tx, file.id))
    assert (hand.giver, hand.taker, hand.reason, hand.at) == (CARLA.user, ALICE.user, "for the lawyer", world.now)
    assert world.kinds(1)[-1] == "evidence.handed"
    assert world.ask(lambda tx: custody.evidence_of(tx, 1))[1].holder == ALICE.user


@pytest.mark.parametrize(
    ("number", "taker", "reason", "match"),
    [(9, ALICE.user, "x", "no evidence 9"), (1, ALICE.user, " ", "Write why"), (1, CARLA.user, "x", "in hand already"),
     (1, "U09GONE", "x", "is deactivated")],
)  # fmt: skip
def test_a_hand_over_that_cannot_be_is_refused(
    world: World, breach: int, tmp_path: Path, number: int, taker: str, reason: str, match: str
) -> None:
    keep(world, tmp_path)
    world.ask(lambda tx: tx.members.add(Member("U09GONE", "T1", "Gone", deleted=True)))
    with pytest.raises(Refusal, match=match):
        world.do(custody.hand_over, CARLA, breach, number, taker, reason)


def test_what_could_not_be_kept_is_said(world: World, breach: int) -> None:
    _, file = world.do(custody.keep, HERE, THERE)
    world.do(custody.failed, file.id, "it was deleted")
    row = world.ask(lambda tx: custody.evidence_of(tx, 1))[1]
    assert (row.state, row.why) == (EvidenceState.FAILED, "it was deleted")
    assert world.messages("evidence.kept")


@pytest.mark.parametrize(
    ("content", "recorded", "fault"),
    [(b"log", None, ""), (b"lob", None, "was changed"), (None, None, "cannot be read"), (b"log", "0" * 64, "timeline")],
)
def test_a_changed_file_row_or_nothing_at_all_is_found(
    world: World, breach: int, tmp_path: Path, content: bytes | None, recorded: str | None, fault: str
) -> None:
    row = keep(world, tmp_path)[1]
    file = folder_of(tmp_path) / row.path
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    found = fault_of(tmp_path, row, recorded or row.sha256)
    assert fault in found
    assert bool(found) is bool(fault)
