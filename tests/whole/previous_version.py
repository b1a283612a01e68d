"""Databases of the version before (schema 0008), each broken off in one state, with the practice world around it.

That version's own bot wrote them (`databases_0008/*.json.gz`), with the runbook that lies beside them.
"""

import gzip
import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter

from sandbox.neonpro.history import COMMITS
from sandbox.neonpro.mutations import Mutation
from sandbox.neonpro.vercel.deployments import Deployment, Project
from sandbox.slack.channels import Channel
from whole.workspace import Workspace

FOLDER = Path(__file__).with_name("databases_0008")
RUNBOOK = FOLDER / "runbook.yml"


@dataclass
class Left:
    """What was there when the bot broke off at `now` (Unix seconds); `sql` makes its SQLite database."""

    sql: str
    now: float
    channels: list[Channel]
    projects: list[Project]
    deployments: list[Deployment]
    mutations: list[Mutation]

    @property
    def head(self) -> tuple[int, str]:
        """The number and the hash of the last event."""
        found = re.search(r"""INSERT INTO "chain_head" VALUES\(1,(\d+),'(\w+)'\)""", self.sql)
        assert found
        return int(found[1]), found[2]


def states(*kinds: str) -> list[str]:
    """The states of these kinds of run that there is a database of."""
    found = (path.name.removesuffix(".json.gz") for path in FOLDER.glob("*.json.gz"))
    return sorted(state for state in found if state.startswith(kinds))


def left_in(state: str) -> Left:
    """The database of this state."""
    return TypeAdapter(Left).validate_json(gzip.decompress((FOLDER / f"{state}.json.gz").read_bytes()))


def lay(found: Left, database: Path) -> None:
    """Make the SQLite database as it was left."""
    database.unlink()
    with sqlite3.connect(database) as connection:
        connection.executescript(found.sql)
    connection.close()


def resume(workspace: Workspace, found: Left) -> None:
    """Have the practice world be as it was, ten seconds later."""
    workspace.clock.set(datetime.fromtimestamp(found.now, UTC) + timedelta(seconds=10))
    slack, vercel = workspace.slack._core.workspace, workspace.neonpro.vercel
    slack.ids._now = vercel.now = workspace.neonpro.supabase.now = lambda: workspace.clock.now().timestamp()
    workspace.neonpro.supabase.restore_seconds = 4.0
    slack.channels = {each.id: each for each in found.channels}
    workspace.neonpro.github.commits = lambda: tuple((each.sha, each.message, each.author) for each in COMMITS)
    workspace.neonpro.mutations[:], vercel.commits = found.mutations, COMMITS
    vercel.projects = {each.name: each for each in found.projects}
    vercel.deployments = {each.id: each for each in found.deployments}
