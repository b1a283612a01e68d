"""Rows of one table as frozen records of the product, and back."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from enum import Enum, EnumType
from typing import Any, Generic, TypeVar, get_origin, get_type_hints

from sqlalchemy import JSON, Column, Connection, RowMapping, Table, Text, and_, insert, select, update
from sqlmodel import SQLModel

from bot.ports import Changed
from bot.text import say

R = TypeVar("R")
Mask = Callable[[str], str]
_WRITTEN = (Text, JSON)
"""Types of the columns that hold what people or programs wrote."""


class Rows(Generic[R]):
    """A table seen as records: equal names, lists as tuples, texts as enums where the record says so."""

    model: type[SQLModel]
    entity: type[R]

    def __init__(self, connection: Connection, mask: Mask) -> None:
        self._connection, self._mask = connection, mask
        self._table: Table = self.model.__table__  # type: ignore[attr-defined]
        self._keys: list[Column[Any]] = list(self._table.primary_key.columns)

    def add(self, record: R) -> R:
        values = self._values(record)
        key = self._keys[0].name
        generated = len(self._keys) == 1 and values[key] == 0
        if generated:
            del values[key]
        result = self._connection.execute(insert(self._table).values(**values))
        if not generated:
            return record
        (given,) = result.inserted_primary_key or (0,)
        return replace(record, **{key: given})  # type: ignore[type-var]

    def add_all(self, records: Sequence[R]) -> None:
        if records:
            self._connection.execute(insert(self._table), [self._values(record) for record in records])

    def get(self, *key: Any) -> R | None:
        query = select(self._table).where(
            and_(*(column == value for column, value in zip(self._keys, key, strict=True)))
        )
        row = self._connection.execute(query).mappings().first()
        return self._read(row) if row else None

    def find(self, *, order: str = "", limit: int | None = None, **equals: Any) -> list[R]:
        query = select(self._table).where(*self._conditions(equals))
        name = order.lstrip("-") or self._keys[0].name
        column = self._table.c[name]
        query = query.order_by(column.desc() if order.startswith("-") else column, *self._keys)
        return self._all(query.limit(limit) if limit is not None else query)

    def save(self, record: R, **changes: Any) -> R:
        condition = [column == getattr(record, column.name) for column in self._keys]
        if "version" in self._table.c:
            condition.append(self._table.c.version == record.version)  # type: ignore[attr-defined]
            changes["version"] = record.version + 1  # type: ignore[attr-defined]
        changed = replace(record, **changes)  # type: ignore[type-var]
        values = {name: value for name, value in self._values(changed).items() if name in changes}
        if self._connection.execute(update(self._table).where(and_(*condition)).values(**values)).rowcount != 1:
            raise Changed(say("Somebody else changed this in the same moment. Look at it again, then decide."))
        return changed

    def _all(self, query: Any) -> list[R]:
        return [self._read(row) for row in self._connection.execute(query).mappings()]

    def _conditions(self, equals: dict[str, Any]) -> list[Any]:
        return [
            self._table.c[name].in_(value) if isinstance(value, tuple) else self._table.c[name] == value
            for name, value in equals.items()
        ]

    def _values(self, record: R) -> dict[str, Any]:
        pairs = ((each.name, getattr(record, each.name)) for each in fields(record))  # type: ignore[arg-type]
        return {name: self._stored(name, value) for name, value in pairs}

    def _stored(self, name: str, value: Any) -> Any:
        """A value as it is stored: what people or programs wrote is masked, so that no secret stays in the database."""
        plain = _plain(value)
        return masked(plain, self._mask) if name == "title" or isinstance(self._table.c[name].type, _WRITTEN) else plain

    def _read(self, row: RowMapping) -> R:
        return self.entity(**{name: turn(row[name]) for name, turn in _turns(self.entity).items()})


def masked(value: Any, mask: Mask) -> Any:
    """The value with every text in it masked."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: masked(each, mask) for key, each in value.items()}
    return [masked(each, mask) for each in value] if isinstance(value, list | tuple) else value


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.value if isinstance(value, Enum) else value


_TURNS: dict[type, dict[str, Any]] = {}


def _turns(record: type) -> dict[str, Any]:
    if record not in _TURNS:
        _TURNS[record] = {name: _turn(hint) for name, hint in get_type_hints(record).items()}
    return _TURNS[record]


def _turn(hint: Any) -> Any:
    if get_origin(hint) is tuple:
        return tuple
    return hint if isinstance(hint, EnumType) else _same


def _same(value: Any) -> Any:
    return value
