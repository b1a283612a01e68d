"""Fifty people in one incident for a simulated hour: how much the bot says, how often it calls Slack, and its time."""

import time
from collections import Counter

from handlers.slack.client.budgets import METHOD_TIERS
from sandbox import PEOPLE
from sandbox.slack import Person
from sandbox.slack.limits import TIER_PER_MINUTE
from whole.workspace import Room, Workspace

CROWD = tuple(Person(f"U9{n:02}", f"dev{n}", f"Developer {n}", f"dev{n}@example.com") for n in range(50 - len(PEOPLE)))
REMINDERS = 6
"""At most one in ten minutes, for an hour."""
SHARE = 0.02
"""Of the time of one processor; that of the practice Slack and of these people is counted with the bot's."""


def _within(calls: Counter[str]) -> bool:
    """Whether the calls of a minute are what Slack promises; posts are held to what one channel may get."""
    return all(count <= TIER_PER_MINUTE.get(METHOD_TIERS.get(name, 0), 60) for name, count in calls.items())


async def _fifty(workspace: Workspace) -> list[str]:
    """Fifty people who may respond; their names."""
    for person in CROWD:
        await workspace.slack.add_person(person, "devops")
    names = {person.name: {"name": person.real_name, "slack": person.id} for person in CROWD}
    workspace.write_team(lambda team: (team["people"].update(names), team["roles"]["developer"].extend(names)))
    await workspace.restart()
    return [*names, "alice", "bruno", "elisa"]


async def _minute(workspace: Workspace, room: Room, names: list[str], minute: int) -> Counter[str]:
    """Five people do something in this minute; the calls of Slack that it cost, by method."""
    before = len(workspace.slack.calls)
    for n in range(5):
        name = names[(minute * 5 + n) % len(names)]
        if n % 2:
            await workspace.slack.say(name, room.id, f"I see errors of minute {minute}")
        else:
            takes = minute % 10 == n
            words = "role scribe" if takes else ("note The logs of minute {}", "status", "list")[n // 2].format(minute)
            assert (await workspace.slack.command(name, room.id, "/incident", words)).ok
    workspace.clock.forward(minutes=1)
    await workspace.bot.timers.fire_due()
    await workspace.settled()
    return Counter(call.method for call in workspace.slack.calls[before:])


async def test_fifty_people_for_an_hour_hold_the_noise_budget_slacks_limits_and_2_percent_of_the_bots_time(
    workspace: Workspace,
) -> None:
    names = await _fifty(workspace)
    room = await workspace.declare("p1 Checkout is down")
    began = time.process_time()
    calls = [await _minute(workspace, room, names, minute) for minute in range(60)]
    assert time.process_time() - began < SHARE * 3600
    assert [found for found in calls if not _within(found)] == []
    sent = await workspace.read(lambda tx: tx.effects.find(kind="message", state="done", run_id=1))
    assert 0 < sum(each.result.get("after") == [each.seq] for each in sent) <= REMINDERS
    assert await workspace.read(lambda tx: tx.effects.find(state="dead")) == []
