"""A deploy can be asked for, approved and tried dry whatever stands in its commits; a look that fails says so."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.delivery import bury
from bot.domain import Domain
from bot.ports import Tx
from bot.production.inputs.deploy import DeployInputs
from whole.workspace import Workspace

SUBJECT = "fix\r1700000000 abc1234 harmless \u202egnihtyna\x1b[2J\u2028*bold* <!channel>\x85end"


def git(directory: Path, *words: str) -> str:
    argv = ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "core.hooksPath=/dev/null", *words]
    return subprocess.run(argv, cwd=directory, check=True, capture_output=True).stdout.decode().strip()


@pytest.fixture
def odd(workspace: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """The workspace, where main has one commit with an odd subject and a migration with an odd name."""
    origin = Path(workspace.environ["NEONOPS_WORKDIR"]).parent / "origin.git"
    clone, before = tmp_path / "clone", git(origin, "rev-parse", "main")
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    migration = clone / "prisma" / "migrations" / "2026_odd\r\tname" / "migration.sql"
    migration.parent.mkdir(parents=True)
    migration.write_text("SELECT 1;")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--cleanup=verbatim", f"--message={SUBJECT}")
    git(clone, "push", "--quiet", "origin", "HEAD:main")
    yield workspace
    git(origin, "update-ref", "refs/heads/main", before)


async def test_a_deploy_of_odd_commits_is_approved_and_runs(odd: Workspace) -> None:
    card = await odd.ask_deploy("api main")
    await card.shows("fix 1700000000 abc1234 harmless gnihtyna")
    await card.shows("2026_odd  name")
    assert "looking" not in card.text
    await card.tick_all(by=odd.bruno)
    await card.press("Approve and start", by=odd.alice)
    await odd.until(lambda: odd.events("run.approved"))


async def test_a_dry_run_of_odd_commits_answers(odd: Workspace) -> None:
    await odd.alice.types("/deploy api main --dry-run")
    await odd.settled()
    said = "\n".join(str(call.args.get("text")) for call in odd.slack.calls)
    assert "fix 1700000000 abc1234 harmless gnihtyna *bold* &lt;!channel&gt; end" in said
    assert "2026_odd  name" in said


async def test_commits_that_cannot_be_read_are_said_on_the_card(workspace: Workspace) -> None:
    vercel = workspace.neonpro.vercel
    live = vercel.live("neonpro-api")
    vercel.deployments[live.id] = replace(live, commit=replace(live.commit, sha="--output=/tmp/x"))
    card = await workspace.ask_deploy("api main")
    await card.shows("*What would change* is unknown: Vercel has no commit for what is live")


def _give_up(domain: Domain, tx: Tx) -> None:
    """As it is when the look broke off in a way that nobody thought of."""
    (run,) = tx.runs.find(kind="deploy")
    (look,) = tx.effects.find(run_id=run.id, kind="deploy.look")
    tx.runs.save(run, inputs=replace(DeployInputs.of(run), facts=None, gates=()))
    bury(domain, tx, look, "internal error in NeonOps, see its log.")


async def test_a_look_that_was_given_up_is_said_and_looks_again(workspace: Workspace) -> None:
    card = await workspace.ask_deploy("api main")
    await workspace.settled()
    await workspace.bot.transactions.do(_give_up)
    await card.shows("The gates could not be checked: internal error in NeonOps")
    await card.shows("Look up what the deploy changes: internal error in NeonOps")
    assert "checking…" not in card.text
    await card.press("Try again", by=workspace.bruno)
    await card.shows("gates passed")
