"""A database of the version before is upgraded with runs in every state, and every run is finished."""

import asyncio
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from torture import some
from typer.testing import CliRunner

from bot.cli import cli
from bot.runs.model import RunState
from sandbox.neonpro.database.postgres import Postgres
from storage.copying import copy
from storage.migrate import upgrade
from whole.previous_version import RUNBOOK, Left, lay, left_in, resume, states
from whole.workspace import Card, Workspace

ANSWERS = {
    "Tick": "bruno",
    "Approve and start": "alice",
    "Roll back": "bruno",
    "Retry": "bruno",
    "Check again": "bruno",
}
MOVES = {"deploy_failed": ["create", "create", "promote"]}
"""What happens at Vercel in all, where it is not what the run is about."""


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def found(state: str) -> Left:
    return left_in(state)


@pytest.fixture
def upgraded(
    loop: asyncio.Runner, workspace: Workspace, found: Left, kind: str, request: pytest.FixtureRequest
) -> Workspace:
    """The bot of today on that database, in the world as it was left."""
    database = Path(workspace.environ["NEONOPS_DATA_DIR"]) / "neonops.db"
    lay(found, database)
    resume(workspace, found)
    url = f"sqlite:///{database}"
    if kind == "postgresql":
        upgrade(url)
        url = _copied(url, request.getfixturevalue("server"))
    github = {"GITHUB_TOKEN": workspace.neonpro.github_token, "GITHUB_API_URL": f"{workspace.world.url}/github"}
    settings = {"NEONOPS_RUNBOOK": str(RUNBOOK), "NEONOPS_WORKDIR": "", "NEONOPS_DATABASE_URL": url}
    loop.run(workspace.start(**settings, **github))
    return workspace


def _copied(url: str, server: Postgres) -> str:
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS previous WITH (FORCE)")
        connection.execute("CREATE DATABASE previous")
    copy(url, server.dsn("previous"))
    return server.dsn("previous")


def on_databases(*kinds: str) -> list[tuple[str, str]]:
    """Each state on one database by chance; in `make torture` on both."""
    return [(state, kind) for state in states(*kinds) for kind in some(["sqlite", "postgresql"], 1, state)]


@pytest.mark.parametrize(("state", "kind"), on_databases("deploy", "rollback"), indirect=["kind"])
async def test_a_run_of_the_version_before_is_finished(upgraded: Workspace, state: str, found: Left) -> None:
    await upgraded.until(lambda: _ended(upgraded))
    usual = ["rollback"] if state.startswith("rollback") else ["create", "promote"]
    assert [each.kind for each in upgraded.neonpro.mutations] == MOVES.get(state, usual)
    assert (await upgraded.run()).state is RunState.DONE
    await _nothing_is_lost_or_doubled(upgraded, found)


@pytest.mark.parametrize(("state", "kind"), on_databases("restore"), indirect=["kind"])
async def test_a_restore_of_the_version_before_is_decided_and_done(
    upgraded: Workspace, state: str, found: Left
) -> None:
    card = Card(upgraded, "devops", "Database rollback")
    if state == "restore_asked":
        await _chooses(upgraded, card)
    if state != "restore_approved":
        await card.press("Approve the restore…", by=upgraded.alice)
        assert (await upgraded.alice.submits(typed="production")).ok
    await upgraded.until(lambda: _ended(upgraded))
    assert [each.kind for each in upgraded.neonpro.mutations] == ["restore-pitr"]
    assert (await upgraded.run()).state is RunState.DONE
    await _nothing_is_lost_or_doubled(upgraded, found)


async def _chooses(workspace: Workspace, card: Card) -> None:
    window = (await workspace.step("backups")).detail["recovery"]
    moment = f"{window['until'][:10]} {window['until'][11:16]}"
    await card.press("Choose…", by=workspace.bruno)
    chosen = {"backup": "0", "moment": moment, "target": "in_place", "typed": "production"}
    assert (await workspace.bruno.submits(**chosen)).ok
    await card.shows("Chosen:")


@pytest.mark.parametrize("state", states("incidents"))
async def test_incidents_of_the_version_before_are_ended(upgraded: Workspace, found: Left) -> None:
    await upgraded.settled()
    numbers = [each.id for each in await upgraded.read(lambda tx: tx.incidents.find())]
    assert numbers == [1, 2, 3, 4]
    said = Counter(m.text for m in upgraded.slack.messages("incidents"))
    assert max(said.values()) == 1, said
    assert len([each for each in upgraded.slack.channels() if each.name.startswith("incident-2")]) == 4
    for number in (1, 4):
        assert "resolved" in await upgraded.alice.types(f"/incident {number} resolve It was the cache")
    for number in (1, 2, 4):
        assert "closed" in await upgraded.alice.types(f"/incident {number} close")
    await upgraded.settled()
    assert {each.state.value for each in await upgraded.read(lambda tx: tx.runs.find())} == {"done"}
    await _nothing_is_lost_or_doubled(upgraded, found)


async def _ended(workspace: Workspace) -> bool:
    """Answer whatever is asked for; whether the run has ended."""
    for message in workspace.slack.messages("devops"):
        for element in message.actions():
            label = element.get("text", {}).get("text")
            if label in ANSWERS:
                await workspace.slack.click(
                    ANSWERS[label], message.channel, message.ts, action_id=element["action_id"],
                    block_id=element["block_id"], seen=message,
                )  # fmt: skip
    await workspace.settled()
    return (await workspace.run()).state.ended


async def _nothing_is_lost_or_doubled(workspace: Workspace, found: Left) -> None:
    """Every event stands where it stood, the timeline is whole, and no message was posted twice."""
    await workspace.settled()
    assert [e.error for e in await workspace.read(lambda tx: tx.effects.find(state="dead"))] == []
    sequence, head = found.head
    events = {event.seq: event.hash for event in await workspace.events()}
    assert events[sequence] == head
    assert len(events) > sequence
    posted = Counter(
        m.metadata["event_payload"]["op_id"]
        for channel in workspace.slack._core.workspace.channels.values()
        for m in channel.messages.values()
        if m.metadata and "op_id" in m.metadata.get("event_payload", {})
    )
    assert [op_id for op_id, times in posted.items() if times > 1] == []
    said = await asyncio.to_thread(CliRunner().invoke, cli, ["timeline", "verify"], env=workspace.environ)
    assert said.exit_code == 0, said.output
