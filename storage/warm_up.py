"""Runs what is going to be asked for once, and takes it back: what is compiled at its first use is there then."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Executable, event, text

_NUMBERS = text(
    "SELECT schemaname || '.' || sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences"
    " WHERE schemaname = current_schema()"
)
_SET = text("SELECT setval(CAST(:name AS regclass), :last, :called)")


class TakenBack(Exception):
    """Ends a warm-up, so that nothing of it stays."""


@dataclass
class WarmUp:
    """A work that is run and taken back; the questions that it asked are kept."""

    work: Callable[[Connection], object]
    questions: list[tuple[Executable, Any]] = field(default_factory=list)

    def run(self, connection: Connection) -> None:
        """Run it where writers run, and raise TakenBack."""
        event.listen(connection, "before_execute", self._note)
        numbers = _numbers(connection)
        try:
            self.work(connection)
        finally:
            event.remove(connection, "before_execute", self._note)
        for name, last, called in numbers:
            # What a sequence gave does not come back with the transaction: the next incident would skip a number.
            connection.execute(_SET, {"name": name, "last": last, "called": called})
        raise TakenBack

    def ask(self, connection: Connection) -> None:
        """Ask the same questions where readers ask theirs: they compile their own statements."""
        for question, values in self.questions:
            connection.execute(question, values).all()

    def _note(self, _: Connection, statement: Any, many: Any, one: Any, options: Any) -> None:
        if statement.is_select:
            self.questions.append((statement, one or many or None))


def _numbers(connection: Connection) -> list[Any]:
    return list(connection.execute(_NUMBERS)) if connection.dialect.name == "postgresql" else []
