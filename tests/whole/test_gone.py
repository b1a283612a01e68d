"""Who is gone counts for nothing: what they asked, approved or overrode starts nothing; one human is never two."""

from typing import Any

import pytest
from torture import some

from bot.runs.model import RunState
from sandbox.slack import Person
from whole.runbooks import short_data, written
from whole.workspace import Card, Member, Workspace

GONE = [
    pytest.param({"deleted": True}, "is deactivated in Slack", id="deactivated"),
    pytest.param({"is_restricted": True}, "is a guest of the workspace", id="guest"),
    pytest.param({"is_bot": True}, "is a bot", id="bot"),
    pytest.param({"team_id": "T0PARTNER"}, "belongs to another workspace", id="outsider"),
]


async def _with_runbook(workspace: Workspace, **changes: Any) -> None:
    whole = {**short_data(), **changes}
    path = workspace.world.directory / "own.yml"
    path.write_text(written(whole), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))


async def _with_team(workspace: Workspace, **entries: dict[str, str]) -> None:
    """More entries of the team file, each with the roles of DevOps and of the platform lead."""
    workspace.write_team(lambda team: _add(team, entries))
    await workspace.restart()


def _add(team: dict[str, Any], entries: dict[str, dict[str, str]]) -> None:
    team["people"] |= entries
    for role in ("devops", "platform_lead"):
        team["roles"][role] += entries


async def _held(workspace: Workspace) -> Card:
    """A deploy of Bruno's that Alice approved, and a lock holds."""
    await _with_runbook(workspace)
    await workspace.bruno.types("/deploy lock not yet")
    card = await workspace.ask_deploy("api main")
    await card.tick_all(by=workspace.bruno)
    await card.press("Approve and start", by=workspace.alice)
    await card.shows("Approved by")
    await workspace.settled()
    return card


@pytest.mark.parametrize(("change", "why"), some(GONE, 2))
async def test_the_approval_of_somebody_who_is_gone_starts_nothing(
    workspace: Workspace, change: dict[str, Any], why: str
) -> None:
    card = await _held(workspace)
    await workspace.slack.change_person("alice", told=False, **change)
    await workspace.bruno.types("/deploy unlock")
    await card.press("Check again", by=workspace.bruno)
    await card.shows(f"The approval is void: <@U01ALICE> {why}. Approve it again.")
    assert (await workspace.run()).state is RunState.WAITING
    assert len(await workspace.events("approval.void")) == 1


async def test_what_somebody_asked_who_is_gone_is_not_started(workspace: Workspace) -> None:
    why = "is deactivated in Slack"
    card = await _held(workspace)
    await workspace.slack.change_person("bruno", told=False, deleted=True)
    await workspace.alice.types("/deploy unlock")
    await card.press("Check again", by=workspace.elisa)
    await card.shows(f"The approval is void: <@U02BRUNO> requested this deploy and {why}. Request a new deploy.")
    await card.press("Approve and start", by=workspace.alice)
    await workspace.alice.sees(f"requested this deploy and {why}. Request a new deploy.")
    assert (await workspace.run()).state is RunState.WAITING


async def test_who_is_gone_is_not_named_for_the_next_decision(workspace: Workspace) -> None:
    await workspace.bruno.types("/deploy lock not yet")
    card = await workspace.ask_deploy("api main")
    await card.tick_all(by=workspace.bruno)
    await card.shows("Next: clear what blocks it, or override it – Alice Andrade and Helena Hoffmann")
    await workspace.slack.change_person("alice", is_restricted=True)
    await workspace.until(lambda: workspace.read(lambda tx: (m := tx.members.get("U01ALICE")) and m.guest))
    await card.press("Check again", by=workspace.elisa)
    await card.shows("or override it – Helena Hoffmann")


async def test_a_deploy_waits_while_slack_does_not_say_who_is_there_and_then_starts(workspace: Workspace) -> None:
    card = await _held(workspace)
    await workspace.bruno.types("/deploy unlock")
    workspace.slack.faults.fail("users.info", "fatal_error", n=3)
    await card.press("Check again", by=workspace.bruno)
    await card.shows("Slack did not confirm whether")
    await Card(workspace, "devops", "Deploy API", without=": pre-").appears()
    assert await workspace.events("approval.void") == []


async def test_a_rollback_that_was_just_confirmed_does_not_wait_for_slack(workspace: Workspace) -> None:
    await workspace.bruno.types("/rollback api")
    card = Card(workspace, "devops", "Roll back")
    await card.shows("goes back to")
    await workspace.settled()
    workspace.slack.faults.fail("users.info", "fatal_error", n=99)
    await card.press("Roll back", by=workspace.bruno)
    await workspace.until(lambda: _state(workspace, RunState.ACTIVE, RunState.DONE))


async def _state(workspace: Workspace, *states: RunState) -> bool:
    return (await workspace.run()).state in states


TWICE = {"name": "Bruno Barros", "slack": "U09BRUNO"}
"""A second entry of Bruno's, with an account of its own."""


async def _second_account(workspace: Workspace, email: str) -> Member:
    """Bruno has another account; the team file has another entry for it."""
    second = Person("U09BRUNO", "bruno2", "Bruno Barros", email)
    await workspace.slack.add_person(second, "devops")
    await _with_team(workspace, bruno2=TWICE)
    return Member(workspace, "bruno2")


@pytest.mark.parametrize("email", ["bruno@neonpro.example", "Bruno+admin@NeonPro.example"])
async def test_one_human_with_two_accounts_does_not_approve_their_own_deploy(workspace: Workspace, email: str) -> None:
    second = await _second_account(workspace, email)
    card = await workspace.ask_deploy("api main")
    await card.tick_all(by=workspace.bruno)
    await card.press("Approve and start", by=second)
    await second.sees("You requested this deploy, so another person must approve it.")
    assert (await workspace.run()).approved_by is None


async def test_one_human_with_two_accounts_does_not_confirm_their_own_rollback(workspace: Workspace) -> None:
    second = await _second_account(workspace, "bruno@neonpro.example")
    await _with_runbook(workspace, rollbacks={"approval": True})
    await workspace.bruno.types("/rollback api")
    card = Card(workspace, "devops", "Roll back")
    await card.shows("goes back to")
    await workspace.settled()
    await card.press("Roll back", by=second)
    await second.sees("You requested this rollback, so another person must confirm it.")
    assert "Bruno" not in card.line("Next:")


async def test_somebody_whom_slack_refuses_to_invite_is_looked_up_anew(workspace: Workspace) -> None:
    await workspace.slack.change_person("bruno", deleted=True, told=False)
    await workspace.declare("p1 Checkout is down")
    await workspace.until(lambda: workspace.read(lambda tx: (m := tx.members.get("U02BRUNO")) and m.deleted))


async def test_somebody_who_joins_is_known_by_their_address(workspace: Workspace) -> None:
    await _with_team(workspace, zoe={"name": "Zoé", "email": "zoe@neonpro.example"})
    await workspace.slack.add_person(Person("U10ZOE", "zoe", "Zoé Zanetti", "zoe@neonpro.example"), "devops")
    await workspace.until(lambda: workspace.read(lambda tx: tx.members.get("U10ZOE")))
    assert "for its checklist and an approval" in await Member(workspace, "zoe").types("/deploy api")
