"""What the rest of the bot knows of a system outside: how its client is opened, and how the doctor asks it.

Each folder that has a client lists it as INTEGRATION, and is found by that; its settings are a part of `bot.settings`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Generic, TypeVar

import httpx

from bot.integrations.http.api import Pace
from bot.integrations.report import Finding
from bot.people.team import Team
from bot.runbook.model import Runbook

C = TypeVar("C")


def _nothing(client: object, team: Team) -> Sequence[Awaitable[Finding]]:
    return ()


@dataclass(frozen=True)
class Integration(Generic[C]):
    """A system outside. `open` gives None when its settings are not set, then `unset` says which.

    `checks` are cheap reads for the doctor, which gives no runbook when it cannot be read; `on_team` those about the
    team file.
    """

    client: type[C]
    open: Callable[[Any, httpx.AsyncClient, Pace | None], C | None]
    unset: Callable[[], str]
    checks: Callable[[C, Runbook | None], Sequence[Awaitable[Finding]]]
    on_team: Callable[[C, Team], Sequence[Awaitable[Finding]]] = _nothing


@cache
def integrations() -> dict[type[Any], Integration[Any]]:
    """Every integration, by the class of its client."""
    files = sorted(Path(__file__).parent.glob("*/*.py"))
    modules = [import_module(f"bot.integrations.{each.parent.name}.{each.stem}") for each in files]
    found: list[Integration[Any]] = [module.INTEGRATION for module in modules if hasattr(module, "INTEGRATION")]
    return {each.client: each for each in found}
