"""Rows of one kind."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from bot.errors import Refusal

Record = TypeVar("Record")


class Changed(Refusal):
    """Somebody else changed the same thing in between."""


class Store(Protocol[Record]):
    """Rows of one kind."""

    def add(self, record: Record) -> Record:
        """Insert; an id of 0 is given by the database."""
        ...

    def add_all(self, records: Sequence[Record]) -> None:
        """Insert many that bring their keys, in one statement."""
        ...

    def get(self, *key: Any) -> Record | None:
        """The row with this primary key."""
        ...

    def find(self, *, order: str = "", limit: int | None = None, **equals: Any) -> list[Record]:
        """Rows whose fields equal the values (a tuple = any of them); `order` is a field, `-field` for descending."""
        ...

    def save(self, record: Record, **changes: Any) -> Record:
        """Update the row; raises Changed when its `version` is not the record's (records that have one)."""
        ...
