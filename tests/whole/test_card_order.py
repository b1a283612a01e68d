"""The cards of one procedure stand in its order, however Slack answers while they are posted."""

import re
from collections.abc import Callable

import pytest

from sandbox.slack import PracticeSlack
from whole.runbooks import long_runbook
from whole.workspace import Room, Workspace, shown

TROUBLE: dict[str, Callable[[PracticeSlack], object]] = {
    "quick": lambda slack: None,
    "an answer is lost": lambda slack: slack.faults.lose("chat.postMessage"),
    "a request is lost": lambda slack: slack.faults.lose_requests("chat.postMessage"),
    "limited": lambda slack: slack.faults.limit("chat.postMessage"),
    "broken": lambda slack: slack.faults.fail("chat.postMessage", "internal_error", status=500),
}


async def _long(workspace: Workspace) -> None:
    path = workspace.world.directory / "long.yml"
    path.write_text(long_runbook(phases=8, items=5, started=True), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))


def _order(workspace: Workspace, room: Room) -> list[str]:
    """The phase of every card, as they stand in the channel."""
    texts = [shown(message) for message in workspace.slack.messages(room.id) if message.blocks]
    return [found[1] for text in texts if (found := re.search(r"\*Phase (\d)\*", text))]


IN_ORDER = [str(phase) for phase in range(8)]


@pytest.mark.parametrize("trouble", TROUBLE)
async def test_eight_cards_stand_in_order(workspace: Workspace, trouble: str) -> None:
    await _long(workspace)
    room = await workspace.declare("p1 Checkout is down")
    TROUBLE[trouble](workspace.slack)
    workspace.slack.faults.method_latency_ms["chat.postMessage"] = 5
    await room.card.press("Start: Long", by=workspace.bruno)
    await workspace.until(lambda: len(_order(workspace, room)) == 8, patience=20)
    assert _order(workspace, room) == IN_ORDER


async def test_they_stand_in_order_when_the_bot_is_broken_off_between_two(workspace: Workspace) -> None:
    await _long(workspace)
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Start: Long", by=workspace.bruno)
    await workspace.until(lambda: len(_order(workspace, room)) >= 3)
    await workspace.crash()
    await workspace.start()
    await workspace.until(lambda: len(_order(workspace, room)) == 8)
    assert _order(workspace, room) == IN_ORDER
