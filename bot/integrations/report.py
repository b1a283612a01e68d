"""A finding is one line of the doctor's report; the verdict is the last."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal

from bot.errors import Refusal
from bot.text import plural, say

Mark = Literal["✓", "!", "✗"]


@dataclass(frozen=True)
class Finding:
    """One line: ✓ is well, ! limits NeonOps, ✗ stops it. `mend` says in a sentence what to do."""

    mark: Mark
    what: str
    mend: str = ""

    def __str__(self) -> str:
        return f"  {self.mark} {self.what}" + (f"\n      {self.mend}" if self.mend else "")


def well(what: str, /, **values: Any) -> Finding:
    """✓"""
    return Finding("✓", say(what, **values))


def limited(what: str, mend: str, /, **values: Any) -> Finding:
    """NeonOps works without it, less well."""
    return Finding("!", say(what, **values), say(mend, **values))


def broken(what: str, mend: str, /, **values: Any) -> Finding:
    """NeonOps cannot work so."""
    return Finding("✗", say(what, **values), say(mend, **values))


def verdict(findings: Collection[Finding]) -> str:
    """The last line."""
    stops = sum(each.mark == "✗" for each in findings)
    limits = sum(each.mark == "!" for each in findings)
    warnings = plural("{count} warning", "{count} warnings", limits)
    if stops:
        one, many = "Not ready: {count} fault, {warnings}.", "Not ready: {count} faults, {warnings}."
        return plural(one, many, stops, warnings=warnings)
    if limits:
        return say("Ready to start with `neonops run`, with {warnings}.", warnings=warnings)
    return say("No problems found. Start with `neonops run`.")


async def asked(what: str, ask: Callable[[], Awaitable[object]]) -> Finding:
    """Whether a system outside answers one cheap read."""
    try:
        await ask()
    except Refusal as refusal:
        return broken("{why}", refusal.hint or "Check its settings, then run this again.", why=refusal)
    return well("{what}: answers", what=what)
