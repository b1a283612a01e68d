"""What is said of production that a rollback found where it was to go."""

from collections.abc import Sequence

from bot.production.model import LivePeriod
from bot.runs.model import Run, RunState
from bot.text import listing, plural, say


def stood_words(run: Run, periods: Sequence[LivePeriod]) -> str:
    """That a rollback was seen to have nothing to move, or not everything; empty when it moved all, or is not done."""
    if not run.kind.goes_back or run.state is not RunState.DONE:
        return ""
    moved = {each.service for each in periods if each.moved}
    stood = list(
        dict.fromkeys(each.deployment for each in periods if each.service not in moved and each.how != "migrated")
    )
    if not stood:
        return ""
    what, count = listing(stood, most=10), len(stood)
    words = plural("{what} was already live.", "{what} were already live.", count, what=what)
    return words if moved else say("No change: {words}", words=words)
