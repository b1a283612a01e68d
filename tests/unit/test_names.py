"""Exports call people by their names; who is not known keeps the id."""

import pytest
from domain_world import ALICE, BRUNO, TEAM, World

from bot.domain.names import Names
from bot.domain.timeline_files import FORMATS, written
from bot.incidents import conduct
from bot.incidents.roles import give_role
from bot.people import Actor, Member


@pytest.fixture
def names(world: World) -> Names:
    world.ask(lambda tx: tx.members.add(Member(BRUNO.user, "T1", "Bruno Barros")))
    return world.ask(lambda tx: Names(tx, TEAM))


@pytest.mark.parametrize(
    ("user", "name"),
    [("U02BRUNO", "Bruno Barros"), ("U01ALICE", "Alice"), ("U99NOBODY", "U99NOBODY"), ("neonops", "NeonOps")],
)
def test_a_person_has_the_name_of_slack_or_of_the_team_file(names: Names, user: str, name: str) -> None:
    assert names.of(user) == name
    assert names.written(f"made <@{user}> and <@{user}|x> scribe".replace("neonops", "U02BRUNO")).count("<@") == 0


def test_a_text_export_holds_no_id_of_somebody_who_is_known(world: World, names: Names) -> None:
    incident = world.declare()
    world.do(give_role, ALICE, incident.id, "scribe", BRUNO.user)
    world.do(conduct.note, Actor(BRUNO.user, BRUNO.user, BRUNO.roles), incident.id, "as <@U01ALICE> said")
    text = written(world.events(incident.run_id), FORMATS["text"], names)
    assert "Alice: made Bruno Barros scribe" in text
    assert "Bruno Barros: noted: as Alice said" in text
    assert "U0" not in text
