"""Confidential incidents exist for their members only, on every surface."""

from whole.workspace import Room, Workspace


async def _breach(workspace: Workspace) -> Room:
    return await workspace.declare("security Somebody reads our mail", by=workspace.carla)


async def test_only_the_invited_roles_and_the_declarer_are_in_the_channel(workspace: Workspace) -> None:
    room = await _breach(workspace)
    people = {"U01ALICE", "U03CARLA", "U04DIEGO", "U08HELENA", workspace.slack.bot_user_id}
    assert set(room.channel.members) == people


async def test_it_is_announced_nowhere(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.carla.types("/incident resolve It was us", room.id)
    await workspace.settled()
    public = [c.id for c in workspace.slack.channels() if c.is_public]
    assert [m.text for channel in public for m in workspace.slack.messages(channel)] == []


async def test_the_list_shows_it_to_members_only(workspace: Workspace) -> None:
    await _breach(workspace)
    assert "reads our mail" in await workspace.carla.types("/incident list")
    for outsider in (workspace.elisa, workspace.bruno, workspace.fabio):
        answer = await outsider.types("/incident list")
        assert "No incident is open" in answer
        assert "mail" not in answer


async def test_its_number_says_nothing_to_others(workspace: Workspace) -> None:
    await _breach(workspace)
    for deed in ("status", "timeline", "note I know", "resolve", "close", "severity p1", "role scribe @elisa"):
        answer = await workspace.elisa.types(f"/incident 1 {deed}")
        assert "There is no incident 1" in answer, deed


async def test_the_home_shows_it_to_members_only(workspace: Workspace) -> None:
    await _breach(workspace)
    assert "reads our mail" in await workspace.carla.home()
    assert "mail" not in await workspace.elisa.home()


async def test_who_is_invited_by_hand_sees_it(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.slack.invite("carla", room.id, "elisa")
    await workspace.until(lambda: _is_member(workspace, workspace.elisa.id))
    assert "reads our mail" in await workspace.elisa.types("/incident 1 status")


async def test_who_leaves_does_not_see_it_any_more(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.slack.invite("carla", room.id, "elisa")
    await workspace.until(lambda: _is_member(workspace, workspace.elisa.id))
    await workspace.slack.leave("elisa", room.id)
    await workspace.until(lambda: _is_stranger(workspace, workspace.elisa.id))


async def test_without_a_channel_it_goes_to_the_declarer_alone(workspace: Workspace) -> None:
    workspace.slack.faults.fail("conversations.create", "restricted_action", n=9)
    room = await workspace.declare_soon("security Somebody reads our mail", by=workspace.carla)
    await room.card.appears()
    assert room.channel.is_im
    assert workspace.carla.id in room.channel.members


async def _is_member(workspace: Workspace, user: str) -> bool:
    return await workspace.read(lambda tx: user in tx.incidents.find()[0].members)


async def _is_stranger(workspace: Workspace, user: str) -> bool:
    return not await _is_member(workspace, user)
