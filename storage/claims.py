"""Rows of a table in which a key is there once: who writes it first has it."""

from typing import Any

from sqlalchemy import Table

from storage.rows import Scope
from storage.statements import insert_new


class Claims:
    """A table of claims."""

    table: Table

    def __init__(self, scope: Scope) -> None:
        self._scope, self._connection = scope, scope.connection

    def _claim(self, **values: Any) -> bool:
        """Insert the row unless its key is there; whether it is new."""
        inserting = insert_new(self.table, self._connection.dialect.name)
        return self._connection.execute(inserting, values).rowcount == 1
