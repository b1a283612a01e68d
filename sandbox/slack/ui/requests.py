"""One request of the page, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..core import Core
from ..errors import Impossible
from ..people import Person
from ..reading import Reading


@dataclass(frozen=True)
class Ask:
    """One request of the page: `values` is the query or the JSON body."""

    core: Core
    slack: Reading
    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Raises Impossible when it is missing."""
        value = self.values.get(name)
        if value in (None, ""):
            raise Impossible("invalid_arguments", f"{name} is missing.")
        return str(value)

    def container(self) -> Mapping[str, Any]:
        """Where an element is. Raises Impossible for what is neither a message nor a view."""
        container = self.values.get("container")
        needed = {"message": ("channel", "ts"), "view": ("view_id",)}
        kind = container.get("type") if isinstance(container, Mapping) else None
        if not isinstance(container, Mapping) or not all(name in container for name in needed.get(str(kind), ("?",))):
            raise Impossible("invalid_arguments", "container must name a message or a view.")
        return container

    def number(self, name: str, default: int) -> int:
        """Raises Impossible for what is no number."""
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError) as error:
            raise Impossible("invalid_arguments", f"{name} must be a number.") from error

    @property
    def me(self) -> Person:
        return self.slack.person(self.text("as"))
