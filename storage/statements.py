"""The statements of a table, each built once: building one takes several times as long as running it."""

from collections.abc import Callable
from dataclasses import fields
from enum import EnumType
from functools import cache
from typing import Any, get_origin, get_type_hints

from sqlalchemy import JSON, Column, Executable, Select, Table, Text, and_, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from bot.text.stored import unpacked_all

_WRITTEN = (Text, JSON)
"""Types of the columns that hold what people or programs wrote."""
Shape = tuple[tuple[tuple[str, str], ...], str, bool]
"""What is asked for but the values: (column, `=` | `in` | `null`) …, the order, and whether there is a limit."""


class Statements:
    """Those that every table has, over the columns that its record has, in the record's order."""

    def __init__(self, model: type[SQLModel], entity: type) -> None:
        self.table = table_of(model)
        columns = [self.table.c[each.name] for each in fields(entity)]
        self.keys: tuple[Column[Any], ...] = tuple(self.table.primary_key.columns)
        self.versioned = "version" in self.table.c
        guards = [*self.keys, *([self.table.c.version] if self.versioned else [])]
        self.guards = tuple(column.name for column in guards)
        self.select = select(*columns)
        self.insert = insert(self.table)
        self.update = update(self.table).where(and_(*(each == bindparam(f"old_{each.name}") for each in guards)))
        self.written = frozenset(each.name for each in columns if _is_written(each))
        self.turns = _turns(entity, self.written)
        self._finds: dict[Shape, Select[Any]] = {}

    def find(self, shape: Shape) -> Select[Any]:
        """The question of this shape."""
        if shape not in self._finds:
            self._finds[shape] = self._find(shape)
        return self._finds[shape]

    def _find(self, shape: Shape) -> Select[Any]:
        conditions, order, limited = shape
        name = order.lstrip("-") or self.keys[0].name
        column = self.table.c[name]
        query = self.select.where(*(_compared(self.table.c[name], how) for name, how in conditions))
        query = query.order_by(column.desc() if order.startswith("-") else column, *self.keys)
        return query.limit(bindparam("limit")) if limited else query


@cache
def statements(model: type[SQLModel], entity: type) -> Statements:
    """The statements of a table."""
    return Statements(model, entity)


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


@cache
def insert_new(table: Table, dialect: str) -> Executable:
    """INSERT … ON CONFLICT DO NOTHING."""
    inserting = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    # Without the option SQLAlchemy does not keep the count of an INSERT: on PostgreSQL it would be -1.
    statement: Executable = inserting.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return statement


def _is_written(column: Column[Any]) -> bool:
    return column.name == "title" or isinstance(column.type, _WRITTEN)


def _compared(column: Column[Any], how: str) -> Any:
    if how == "null":
        return column.is_(None)
    value = bindparam(column.name, type_=column.type, expanding=how == "in")
    return column.in_(value) if how == "in" else column == value


def _turns(entity: type, written: frozenset[str]) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    """Which values of a row become something else in the record: lists tuples, texts enums, stored texts texts."""
    hints = get_type_hints(entity)
    turns = [(index, _turn(hints[each.name], each.name in written)) for index, each in enumerate(fields(entity))]
    return tuple((index, turn) for index, turn in turns if turn is not None)


def _turn(hint: Any, written: bool) -> Callable[[Any], Any] | None:
    if get_origin(hint) is tuple:
        return (lambda stored: tuple(unpacked_all(stored))) if written else tuple
    if isinstance(hint, EnumType):
        return hint
    return unpacked_all if written else None
