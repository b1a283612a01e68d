"""What the tests of single moments ask of people: one operation at a time, each waited for."""

from typing import Any

from crash_world import CrashWorld

from handlers.slack.blocks import ids
from sandbox.slack.channels import Message


async def typed(world: CrashWorld, who: str, line: str, *, channel: str = "devops") -> str:
    """Type a command; the words of its ack."""
    command, _, text = line.partition(" ")
    ack = await world.slack.command(who, channel, command, text)
    assert ack.ok, ack.error
    return str(ack.payload.get("text"))


async def pressed(world: CrashWorld, who: str, action: str, *, about: str = "", channel: str = "devops") -> None:
    """Press a button as soon as a card has it; `about` is what it is about: the text of its item."""
    message, button = await world.slack.wait_for(lambda: button_of(world, channel, action, about))
    ack = await world.slack.click(
        who, message.channel, message.ts, action_id=action, block_id=button["block_id"], seen=message
    )
    assert ack.ok, ack.error


def button_of(world: CrashWorld, channel: str, action: str, about: str = "") -> tuple[Message, Any]:
    """The first button of a channel that does this, with its message. Raises IndexError when there is none."""
    messages = world.slack.messages(channel)
    named = [(m, each) for m in messages for each in m.actions() if each["action_id"] == action]
    found = [(m, each) for m, each in named if about in each.get("accessibility_label", "")]
    return found[0]


async def submitted(world: CrashWorld, who: str, **fields: str) -> None:
    """Fill in the form in front of this person."""
    view = await world.slack.wait_for(lambda: world.slack.view(who))
    elements = {block["block_id"]: block["element"] for block in view.blocks if block.get("block_id") in fields}
    state = {name: {name: _given(element, fields[name])} for name, element in elements.items()}
    ack = await world.slack.submit(who, view.id, state)
    assert ack.ok, ack.payload


def _given(element: dict[str, Any], value: str) -> dict[str, Any]:
    chosen = [option for option in element.get("options", ()) if option["value"] == value]
    if element["type"] == "checkboxes":
        return {"selected_options": chosen}
    return {"selected_option": chosen[0]} if chosen else {"value": value}


async def approved_deploy(world: CrashWorld) -> None:
    """Ask for a deploy, tick its checklist and approve what its card shows once all is known."""
    await typed(world, "bruno", "/deploy api")
    await pressed(world, "bruno", ids.STEP_TICK)
    await world.until(lambda tx: not tx.effects.waiting()[0] and not tx.cards.dirty())
    await pressed(world, "alice", ids.RUN_APPROVE)


async def confirmed_rollback(world: CrashWorld) -> None:
    """Ask for a rollback and confirm what it recommends."""
    await typed(world, "bruno", "/rollback api")
    await world.until(lambda tx: any(record.detail for record in tx.steps.find(step_id="recent")))
    await world.until(lambda tx: not tx.effects.waiting()[0] and not tx.cards.dirty())
    await pressed(world, "bruno", ids.RUN_CONFIRM)
