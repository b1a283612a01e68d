"""trigger_ids: what lets an app open a modal. Each lives three seconds and works once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from .errors import SlackError


@dataclass
class _Trigger:
    user: str
    born_at: float
    used: bool = False


class Triggers:
    """Every trigger that was handed out."""

    def __init__(self, now: Callable[[], float], *, seconds: float) -> None:
        self._now = now
        self._seconds = seconds
        self._triggers: dict[str, _Trigger] = {}

    def new(self, user: str) -> str:
        """A trigger that opens a view for this person."""
        self._forget_old()
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**11)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = _Trigger(user, self._now())
        return trigger_id

    def check(self, trigger_id: str) -> str:
        """The person whose trigger it is. Raises invalid_trigger_id, expired_trigger_id or exchanged_trigger_id."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._now() - trigger.born_at > self._seconds:
            raise SlackError("expired_trigger_id")
        return trigger.user

    def use(self, trigger_id: str) -> None:
        self._triggers[trigger_id].used = True

    def _forget_old(self) -> None:
        if len(self._triggers) > 5000:
            for trigger_id in list(self._triggers)[:2500]:
                del self._triggers[trigger_id]
