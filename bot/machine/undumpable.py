"""Keeps others from reading this process's memory and environment."""

import ctypes
import sys

_PR_SET_DUMPABLE = 4


def forbid_dumps() -> None:
    """No process of our own user may trace this one or read its /proc files, and no core is written (prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
