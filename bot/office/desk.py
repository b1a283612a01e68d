"""The desk: where every request becomes one transaction with the office at hand."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from bot.office import Office
from bot.ports import Database, Tx

P = ParamSpec("P")
T = TypeVar("T")

Deed = Callable[Concatenate[Office, Tx, P], T]


class Desk:
    """Runs the product's deeds (plain functions of office, transaction and more) against the database."""

    def __init__(self, office: Office, database: Database) -> None:
        self.office, self.database = office, database

    async def do(self, deed: Deed[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """One writing transaction."""
        return await self.database.write(lambda tx: deed(self.office, tx, *args, **kwargs))

    async def look(self, deed: Deed[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """One reading transaction."""
        return await self.database.read(lambda tx: deed(self.office, tx, *args, **kwargs))

    async def read(self, question: Callable[[Tx], T]) -> T:
        """A question to the database alone."""
        return await self.database.read(question)

    async def once(self, identity: str, deed: Deed[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """One writing transaction for a delivery: the same delivery again changes nothing and gives None."""

        def work(tx: Tx) -> T | None:
            return deed(self.office, tx, *args, **kwargs) if tx.claims.claim(identity) else None

        return await self.database.write(work)
