"""The escalation in Slack: who is not there, whose pager refuses, and what a person calls."""

import re
from datetime import timedelta

from whole.workspace import Member, Workspace


async def _gone(workspace: Workspace, *names: str) -> None:
    for name in names:
        await workspace.slack.change_person(name, told=False, deleted=True)


async def _declared(workspace: Workspace, severity: str = "p3") -> None:
    await workspace.alice.types(f"/incident {severity} Checkout is slow")
    await workspace.settled()


async def test_level_1_is_mentioned_in_its_channel_with_the_way_to_the_incident(workspace: Workspace) -> None:
    room = await workspace.declare("p3 Checkout is slow")
    await workspace.settled()
    (said,) = [each for each in workspace.slack.messages("devops") if "You are called as level 1" in each.text]
    assert f"<@{workspace.bruno.id}>" in said.text
    assert f"<#{room.id}>" in said.text
    assert [each["text"]["text"] for each in said.actions()] == ["I'm on it"]


async def test_with_nobody_of_level_1_there_level_2_is_called_at_once_and_the_status_says_why(
    workspace: Workspace,
) -> None:
    await _gone(workspace, "bruno", "elisa")
    await _declared(workspace)
    answer = (await workspace.alice.types("/incident 1 status")).words
    assert re.search(r"⚠️ \*Level 1\* Development Team: nobody was reached", answer)
    assert "Bruno Barros: sent — · delivered — · acknowledged — (is deactivated in Slack)" in answer
    assert re.search(r"📣 \*Level 2\* Platform Lead: called", answer)
    kinds = [event.kind for event in await workspace.events() if event.kind.startswith("escalation.")]
    assert kinds == ["escalation.called", "escalation.unreached", "escalation.called"]


async def test_with_nobody_of_level_1_there_level_2_is_called_within_the_minute_and_the_card_says_why(
    workspace: Workspace,
) -> None:
    await _gone(workspace, "bruno", "elisa")
    room = await workspace.declare("p1 Checkout is down")
    assert "Nobody of level 1 (Development Team) was reached" in room.card.text
    assert "*Not acknowledged yet*: Alice Andrade by" in room.card.text
    assert "is deactivated in Slack" in await room.card.all()
    first, second = await workspace.events("escalation.called")
    assert second.at - first.at < timedelta(minutes=1)
    assert second.data["why"] == "nobody of level 1 (Development Team) was reached"


async def test_the_button_of_a_call_acknowledges_from_another_channel(workspace: Workspace) -> None:
    room = await workspace.declare("p3 Checkout is slow")
    await workspace.settled()
    (said,) = [each for each in workspace.slack.messages("devops") if "You are called as level 1" in each.text]
    (button,) = said.actions()
    where = {"action_id": button["action_id"], "block_id": button["block_id"]}
    assert (await workspace.slack.click("bruno", said.channel, said.ts, **where)).ok
    await room.hears("is on it")
    await workspace.settled()
    assert workspace.bruno.id in room.channel.members


async def test_the_executives_are_called_by_a_form_that_asks_why(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types("/incident escalate 4", room.id)
    assert (await workspace.bruno.submits(reason="The clinics must be told")).ok
    said = await room.hears("You are called as level 4 (Executive Team). The clinics must be told.")
    assert f"<@{Member(workspace, 'helena').id}>" in said


async def test_the_next_level_is_called_by_hand(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    assert "Level 2 (Platform Lead) is called" in await workspace.bruno.types("/incident escalate", room.id)
    await room.hears("You are called as level 2")
    assert "There is no level 9" in await workspace.bruno.types("/incident escalate 9", room.id)
    assert "You may not escalate" in await workspace.fabio.types("/incident 1 escalate")


async def test_a_drill_says_who_would_be_called(workspace: Workspace) -> None:
    room = await workspace.declare("p1 --drill Checkout is down")
    assert "Elisa Esteves and Bruno Barros" in await room.hears("would be called now")
    assert not [each for each in workspace.slack.messages("devops") if "level 1" in each.text]


async def test_the_list_of_items_shows_who_was_called(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.settled()
    await room.card.press("All 16 items", by=workspace.bruno)
    view = await workspace.bruno.form()
    assert "Who is called" in str(view.blocks)
    assert "then Platform Lead" in room.card.text
