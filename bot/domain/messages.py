"""Planning a message."""

from typing import Any

from bot.effects import Effect
from bot.effects.outgoing import KIND, Outgoing, payload_of
from bot.ports import Tx


def plan_message(tx: Tx, outgoing: Outgoing, target: str, **options: Any) -> Effect:
    """Have it sent after the commit; the options are those of an effect."""
    return tx.effects.plan(KIND, target, payload_of(outgoing), **options)


def tell(tx: Tx, to: str, text: str, template: str = "text", **data: Any) -> None:
    """Say it in the channel, or to the person (to the team, when they are gone); `data` is what its buttons need."""
    plan_message(tx, Outgoing((to, "devops"), template, {"text": text, **data}), f"say:{to}")
