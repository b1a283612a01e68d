"""500 clicks at once on one card. (How fast they are acked is measured by the benchmark, on a machine of its own.)"""

import asyncio

from whole.workspace import Workspace, shown


async def test_500_clicks_at_once_are_acked_recorded_and_shown_in_a_handful_of_updates(workspace: Workspace) -> None:
    workspace.limits(ack_seconds=30)
    room = await workspace.declare("p1 Checkout is down")
    workspace.bot.cards.pace = type(workspace.bot.cards).pace
    seen, before = room.card.message, len(workspace.slack.calls_of("chat.update"))
    ticks = [a for a in seen.actions() if a["action_id"] == "step.tick"]
    people = ("alice", "bruno", "carla", "diego", "elisa")
    clicks = [
        workspace.slack.click(
            people[n % 5],
            room.id,
            seen.ts,
            action_id="step.tick",
            block_id=ticks[n % len(ticks)]["block_id"],
            seen=seen,
        )
        for n in range(500)
    ]
    acks = await asyncio.gather(*clicks)
    await workspace.settled()
    assert [ack.error for ack in acks if not ack.ok] == []
    done = len(await workspace.events("step.ticked"))
    assert done == len(ticks)
    assert done + await workspace.read(lambda tx: sum(each.count for each in tx.refused.find())) == 500
    assert len(workspace.slack.calls_of("chat.update")) - before <= 10
    settled = await workspace.read(lambda tx: sum(s.state.settled for s in tx.steps.find(run_id=1)))
    assert f"{settled} of 16 done" in shown(room.card.message)
    assert await workspace.timeline_is_whole()
