"""Every version of the runbook that was in force."""

from typing import Protocol


class Runbooks(Protocol):
    """Every version of the runbook that was in force."""

    def keep(self, version: str, text: str, source: str) -> None:
        """Archive a version of the runbook (nothing happens when it is there already)."""
        ...

    def text(self, version: str) -> tuple[str, str] | None:
        """Text and source of an archived version."""
        ...
