"""Rows of one table as frozen records of the product, and back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, Generic, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Executable, Row
from sqlmodel import SQLModel

from bot.ports import Changed
from bot.runs.inputs import Inputs
from bot.runs.kind import Kind, Kinds
from bot.text import say
from bot.text.stored import masked_text
from bot.text.values import Text
from storage.statements import Shape, Statements, statements

R = TypeVar("R")
Mask = Callable[[str], str]


@dataclass(frozen=True)
class Scope:
    """What the stores of one transaction share. `wake` has something looked at right after the commit."""

    connection: Connection
    now: datetime
    mask: Mask
    wake: Callable[[str, object], None]
    kinds: Kinds = field(default_factory=dict)


class Rows(Generic[R]):
    """A table seen as records: equal names, lists as tuples, texts as enums where the record says so.

    What was read is kept until a row of the table is written: one transaction asks each question once.
    """

    model: type[SQLModel]
    entity: type[R]
    of: ClassVar[dict[type[Any], type["Rows[Any]"]]] = {}
    """The store of each kind of record."""

    def __init_subclass__(cls) -> None:
        Rows.of[cls.entity] = cls

    def __init__(self, scope: Scope) -> None:
        self._scope, self._connection = scope, scope.connection
        self._sql: Statements = statements(self.model, cast(type, self.entity))
        self._known: dict[tuple[Any, ...], list[R]] = {}

    def add(self, record: R) -> R:
        values = self._values(record)
        key = self._sql.keys[0].name
        generated = len(self._sql.keys) == 1 and values[key] == 0
        if generated:
            del values[key]
        result = self._write(self._sql.insert, values)
        if not generated:
            return record
        (given,) = result.inserted_primary_key or (0,)
        return replace(record, **{key: given})  # type: ignore[type-var]

    def add_all(self, records: Sequence[R]) -> None:
        if records:
            self._write(self._sql.insert, [self._values(record) for record in records])

    def get(self, *key: Any) -> R | None:
        names = [column.name for column in self._sql.keys]
        found = self.find(**dict(zip(names, key, strict=True)))
        return found[0] if found else None

    def find(self, *, order: str = "", limit: int | None = None, **equals: Any) -> list[R]:
        shape: Shape = tuple((name, _how(value)) for name, value in equals.items()), order, limit is not None
        asked = (*shape, *equals.values(), limit)
        if asked not in self._known:
            values = {name: value for name, value in equals.items() if value is not None}
            self._known[asked] = self._all(self._sql.find(shape), **values, **({"limit": limit} if shape[2] else {}))
        return list(self._known[asked])

    def save(self, record: R, **changes: Any) -> R:
        old = {f"old_{name}": getattr(record, name) for name in self._sql.guards}
        if self._sql.versioned:
            changes["version"] = record.version + 1  # type: ignore[attr-defined]
        changed = replace(record, **changes)  # type: ignore[type-var]
        values = {name: self._stored(name, getattr(changed, name)) for name in changes}
        if self._write(self._sql.update, values | old).rowcount != 1:
            raise Changed(say("Somebody else changed this at the same moment. Review it again, then decide."))
        return changed

    def _write(self, statement: Executable, values: Any) -> CursorResult[Any]:
        """Run a statement that changes rows: what was read of them before is not known any more."""
        self._known.clear()
        return self._connection.execute(statement, values)

    def _all(self, question: Executable, **values: Any) -> list[R]:
        return [self._read(row) for row in self._connection.execute(question, values)]

    def _scalars(self, question: Executable, **values: Any) -> list[Any]:
        return list(self._connection.execute(question, values).scalars())

    def _values(self, record: R) -> dict[str, Any]:
        return {each.name: self._stored(each.name, getattr(record, each.name)) for each in fields(record)}  # type: ignore[arg-type]

    def _stored(self, name: str, value: Any) -> Any:
        """A value as it is stored: what people or programs wrote is masked, so that no secret stays in the database."""
        plain = _plain(value)
        if name in self._sql.written:
            return masked(plain, self._scope.mask)
        return str(plain) if isinstance(plain, Text) else plain

    def _read(self, row: Row[Any]) -> R:
        values = list(row)
        for index, turn in self._sql.turns:
            values[index] = turn(values[index])
        return self.entity(*values)


def _how(value: Any) -> str:
    if value is None:
        return "null"
    return "in" if isinstance(value, tuple) else "="


def masked(value: Any, mask: Mask) -> Any:
    """The value as it is stored, with every text in it masked."""
    if isinstance(value, str):
        return masked_text(value, mask)
    if isinstance(value, dict):
        return {key: masked(each, mask) for key, each in value.items()}
    return [masked(each, mask) for each in value] if isinstance(value, list | tuple) else value


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Inputs):
        return value.written()
    if isinstance(value, Kind):
        return value.name
    return value.value if isinstance(value, Enum) else value
