"""Who is still there: Slack is asked right before something is begun that people asked for or approved."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from bot.people import BOT

Ask = Callable[[str], Awaitable[str]]
"""Looks a user up and writes down what is found; why that could not be done now (empty = it was)."""


class Presence:
    """Knows whom to ask as soon as the bot has met Slack."""

    def __init__(self) -> None:
        self.ask: Ask = _nobody

    async def doubts(self, users: Iterable[str | None]) -> dict[str, str]:
        """Look these users up now; user -> why, of those of whom it cannot be said."""
        asked = [user for user in dict.fromkeys(users) if user and user != BOT]
        answers = await asyncio.gather(*(self.ask(user) for user in asked))
        return {user: why for user, why in zip(asked, answers, strict=True) if why}


async def _nobody(user: str) -> str:
    return ""
