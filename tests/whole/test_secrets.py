"""No secret leaves: not into Slack, not into logs, not into the database, not into an output."""

import pytest

from whole.workspace import Workspace


def _secrets(workspace: Workspace) -> list[str]:
    environ = workspace.environ
    names = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "VERCEL_TOKEN", "SUPABASE_ACCESS_TOKEN")
    passwords = [environ[name].split(":")[2].split("@")[0] for name in ("DATABASE_URL", "NEONPRO_DATABASE_URL")]
    return [*(environ[name] for name in names), *passwords]


def _leaks(workspace: Workspace, text: str) -> list[int]:
    return [number for number, secret in enumerate(_secrets(workspace)) if secret in text]


def _kept(workspace: Workspace) -> str:
    """All that the bot wrote to its directory."""
    data = workspace.bot.settings.data_dir
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in data.rglob("*") if path.is_file())


def _said(workspace: Workspace) -> str:
    """All that Slack was ever told."""
    return str([call.args for call in workspace.slack.calls]) + str(workspace.slack._core.files)


async def test_a_step_that_prints_secrets_shows_none(workspace: Workspace, capfd: pytest.CaptureFixture[str]) -> None:
    workspace.neonpro.switches.tools_print_secret = True
    workspace.neonpro.switches.local_build_fails = True
    live = await workspace.approve_deploy()
    await live.press("Show output", "Verify local build", by=workspace.elisa)
    await workspace.settled()
    assert "DATABASE_URL=" in _kept(workspace)
    assert _leaks(workspace, _kept(workspace)) == []
    assert _leaks(workspace, _said(workspace)) == []
    assert _leaks(workspace, capfd.readouterr().err) == []


async def test_a_dsn_in_an_error_is_not_shown(workspace: Workspace, capfd: pytest.CaptureFixture[str]) -> None:
    workspace.neonpro.switches.database_away = True
    room = await workspace.declare("p1 Checkout is down")
    await room.card.shows("⚠️ *Check database connectivity*  ·  *failed*")
    await workspace.alice.types("/health database")
    await workspace.settled()
    assert _leaks(workspace, _kept(workspace) + _said(workspace) + capfd.readouterr().err) == []


async def test_a_secret_that_somebody_pastes_is_masked(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types(f"/incident note the token is {workspace.environ['VERCEL_TOKEN']}", room.id)
    assert "•••" in (await workspace.events("note.added"))[0].data["text"]
    assert _leaks(workspace, _kept(workspace)) == []


async def test_a_secret_in_a_form_is_masked(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Skip…", "Determine scope and impact", by=workspace.bruno)
    reason = f"see {workspace.environ['DATABASE_URL']}"
    await workspace.bruno.submits(item="Determine scope and impact", reason=reason)
    await room.card.shows("⏭️ Determine scope and impact")
    await room.card.press("Resolve…", by=workspace.bruno)
    await workspace.bruno.submits(text=reason)
    await workspace.settled()
    assert _leaks(workspace, _kept(workspace) + _said(workspace)) == []


async def test_a_secret_in_a_title_is_masked(workspace: Workspace) -> None:
    answer = await workspace.alice.types(f"/incident p1 leaked {workspace.environ['VERCEL_TOKEN']}")
    await workspace.settled()
    assert _leaks(workspace, answer.words + _kept(workspace) + _said(workspace)) == []
