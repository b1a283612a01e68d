"""`/oncall` in Slack: who is called, who covers, and the check of contacts."""

from whole.workspace import Workspace


async def _with_rotation(workspace: Workspace) -> None:
    primary = {"role": "devops", "people": ["bruno", "alice"], "since": "2026-11-02", "zone": "America/Sao_Paulo"}
    workspace.write_team(lambda team: team.update(rotations={"primary": primary}))
    await workspace.restart()


async def test_it_says_who_is_called_at_each_level_and_how(workspace: Workspace) -> None:
    answer = await workspace.fabio.types("/oncall")
    assert "*Level 2* Platform Lead: " in answer
    assert "called only by a person" in answer
    assert "Contacts were never checked" in answer


async def test_a_rotation_is_drawn_as_a_calendar_and_may_be_covered(workspace: Workspace) -> None:
    await _with_rotation(workspace)
    answer = await workspace.fabio.types("/oncall")
    assert "*Rotation primary* (devops): " in answer
    assert "███" in answer
    covered = f"/oncall override <@{workspace.alice.id}> until 2099-12-01 08:00 primary"
    assert "year" in await workspace.bruno.types(covered)
    tomorrow = f"/oncall override <@{workspace.alice.id}> until tomorrow 08:00 primary"
    assert "is called for primary until" in await workspace.bruno.types(tomorrow)
    assert "Alice Andrade until" in await workspace.fabio.types("/oncall")


async def test_everybody_is_asked_by_a_direct_message_and_may_answer(workspace: Workspace) -> None:
    assert "people are asked" in await workspace.bruno.types("/oncall verify")
    await workspace.settled()
    await workspace.alice.is_told("checks that everybody can be reached in an incident. Press the button by <!date")
    question = workspace.slack.direct_messages("alice")[-1]
    (button,) = question.actions()
    where = {"action_id": button["action_id"], "block_id": button["block_id"]}
    await workspace.slack.click("alice", question.channel, question.ts, **where)
    await workspace.settled()
    assert "✅ Alice Andrade: answered" in await workspace.bruno.types("/oncall")


async def test_who_is_deactivated_is_named(workspace: Workspace) -> None:
    await workspace.slack.change_person("carla", told=False, deleted=True)
    await workspace.bruno.types("/oncall verify")
    await workspace.settled()
    assert "⚠️ Carla Castro: is deactivated in Slack" in await workspace.bruno.types("/oncall")


async def test_what_it_does_not_know_is_answered_with_what_it_does(workspace: Workspace) -> None:
    assert "verify" in await workspace.bruno.types("/oncall verfy")
    assert "Write who and until when" in await workspace.bruno.types(f"/oncall override <@{workspace.alice.id}>")
