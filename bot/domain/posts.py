"""Saying something in a channel of the team file, or to a person."""

from typing import Any

from bot.ports import Tx


def tell(tx: Tx, to: str, text: str, **more: Any) -> None:
    """Say it in the channel, or to the person (to the team, when they are gone); `more` is what its buttons need."""
    tx.effects.plan("say", f"say:{to}", {"to": to, "instead": ["devops"], "text": text, **more})
