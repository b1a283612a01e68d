"""A practice Slack workspace and a practice NeonPro, in one process; imports nothing of the product.

The names below load when they are first used: the practice tools are in here too, and start many times a run.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.world import PEOPLE, Sandbox, team_file

__all__ = ["PEOPLE", "Sandbox", "team_file"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module("sandbox.world"), name)
