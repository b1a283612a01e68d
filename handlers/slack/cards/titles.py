"""What stands over the cards of each kind of run."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.text import say


def _pre_checks() -> str:
    return say("pre-checks")


def _follow_up() -> str:
    return say("follow-up")


@dataclass(frozen=True)
class Titles:
    """The sign before a run's title, and what follows it on the cards before it starts and after it has ended."""

    icon: str = "📋"
    before: Callable[[], str] = _pre_checks
    after: Callable[[], str] = _follow_up


TITLES: dict[str, Titles] = {
    "deploy": Titles("🚀", lambda: say("pre-deploy checks"), lambda: say("post-deploy")),
    "rollback": Titles("⏪", lambda: say("pre-rollback checks"), lambda: say("post-rollback")),
    "restore": Titles("🗄️"),
}
"""By kind of run; others go without."""
