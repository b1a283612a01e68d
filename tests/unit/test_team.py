"""Who is who, and what each may do."""

from pathlib import Path

import pytest
from domain_world import ALICE, BRUNO, FABIO, TEAM, World, bundled

from bot.errors import Refusal
from bot.people import Actor, Member, Team, check_member, load_team, require

GOOD = (
    "people:\n  alice: {name: Alice, email: alice@example.com}\nroles: {cto: [alice]}\nchannels: {devops: C02DEVOPS}\n"
)


def written(folder: Path, text: str) -> Path:
    path = folder / "team.yml"
    path.write_text(text, "utf-8")
    return path


def test_a_team_file_is_read(tmp_path: Path) -> None:
    team = load_team(written(tmp_path, GOOD))
    assert team.people["alice"].name == "Alice"
    assert team.roles_of("alice") == {"cto"}
    assert team.channels == {"devops": "C02DEVOPS"}


@pytest.mark.parametrize("text", ["", "# nobody yet\n"])
def test_an_empty_team_file_is_a_team_of_nobody(tmp_path: Path, text: str) -> None:
    assert load_team(written(tmp_path, text)) == Team() == load_team(None)


@pytest.mark.parametrize(
    ("slack", "email", "expected"),
    [
        ("U01ALICE", None, "alice"),
        ("U01ALICE", "bruno@example.com", "alice"),
        ("U99", "bruno@example.com", "bruno"),
        ("U99", "BRUNO@Example.com", "bruno"),
        ("U99", "alice@example.com", None),
        ("U99", "", None),
        ("U99", None, None),
    ],
)
def test_a_person_is_known_by_slack_id_or_else_by_address(slack: str, email: str | None, expected: str | None) -> None:
    assert TEAM.key_of(slack=slack, email=email) == expected


def test_holders_are_counted_once_in_the_order_of_the_roles() -> None:
    assert TEAM.holders(["devops", "platform_lead", "nothing"]) == ("bruno", "alice")


def test_a_member_acts_with_the_roles_of_the_team_file(world: World) -> None:
    actor = world.domain.actor(Member("U77", "T1", "bruno.b", "bruno@example.com"))
    assert (actor.user, actor.name, actor.roles) == ("U77", "Bruno", {"devops"})


def test_a_stranger_acts_without_roles(world: World) -> None:
    actor = world.domain.actor(Member("U78", "T1", "zoe"))
    assert (actor.name, actor.roles) == ("zoe", frozenset())


@pytest.mark.parametrize(
    ("actor", "permission", "allowed"),
    [(ALICE, "approve", True), (BRUNO, "approve", False), (BRUNO, "deploy", True), (FABIO, "respond", False)],
)
def test_permissions_are_the_runbook_s_table(actor: Actor, permission: str, allowed: bool) -> None:
    assert actor.may(permission, bundled().runbook) is allowed


def test_a_permission_that_nobody_has_refuses_everybody() -> None:
    nobody = bundled().runbook.model_copy(update={"permissions": {}})
    with pytest.raises(Refusal, match=r"You may not deploy: no role has this permission in the runbook"):
        require(ALICE, "deploy", nobody, "deploy")


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (Member("U1", "T1", "gabi", guest=True), "Workspace guests"),
        (Member("U1", "T2", "olga", outsider=True), "Only members"),
        (Member("B1", "T1", "robot", bot=True), "Only members"),
    ],
)
def test_guests_outsiders_and_bots_can_do_nothing(member: Member, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        check_member(member)


def test_members_pass() -> None:
    check_member(Member("U1", "T1", "fabio"))
