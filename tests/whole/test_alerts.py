"""Alerting: whoever is said to be alerted was reached, and who was not stands on the card."""

from whole.workspace import Workspace

EXECUTIVES = "Escalate to Executive Team"


async def test_an_alert_that_starts_by_a_button_tells_its_roles_when_it_is_pressed(workspace: Workspace) -> None:
    room = await workspace.declare("outage The whole system is down")
    said = len(room.says())
    assert not any(f"<@{workspace.slack.person('helena').id}>" in text for text in room.says())
    await room.card.press("Alert", EXECUTIVES, by=workspace.bruno)
    await room.card.shows(f"✅ {EXECUTIVES}")
    assert f"<@{workspace.slack.person('helena').id}>" in room.says()[said:][0]


async def test_an_alert_that_a_person_ticks_can_be_given_again(workspace: Workspace) -> None:
    room = await workspace.declare("security Somebody reads our mail", by=workspace.carla)
    await room.card.press("Alert", "Notify legal and compliance teams", by=workspace.carla)
    await room.card.press("Alert again", "Notify legal and compliance teams", by=workspace.carla)
    await workspace.until(lambda: sum(f"<@{workspace.diego.id}>" in text for text in room.says()) >= 3)
