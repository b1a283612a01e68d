"""The practice NeonPro: a stand-in of all that NeonPro runs on, to practise and to test against.

The names below load when they are first used, so that the practice tools (`sandbox.neonpro.tools`) start fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.neonpro.checkout import Checkout, make_checkout
    from sandbox.neonpro.database.tables import Database
    from sandbox.neonpro.mutations import Mutation
    from sandbox.neonpro.practice import PracticeNeonPro
    from sandbox.neonpro.switches import Switches

__all__ = ["Checkout", "Database", "Mutation", "PracticeNeonPro", "Switches", "make_checkout"]

_HOMES = {
    "Checkout": "checkout",
    "Database": "database.tables",
    "Mutation": "mutations",
    "PracticeNeonPro": "practice",
    "Switches": "switches",
    "make_checkout": "checkout",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
