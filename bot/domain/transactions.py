"""Transactions of the product: every request becomes one, with the domain at hand."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from bot.domain import Domain
from bot.ports import Database, Tx

P = ParamSpec("P")
T = TypeVar("T")

Operation = Callable[Concatenate[Domain, Tx, P], T]


class Transactions:
    """Runs operations (plain functions of domain, transaction and more) against the database."""

    def __init__(self, domain: Domain, database: Database) -> None:
        self.domain, self.database = domain, database

    async def do(self, operation: Operation[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """One writing transaction."""
        return await self.database.write(lambda tx: operation(self.domain, tx, *args, **kwargs))

    async def look(self, operation: Operation[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """One reading transaction."""
        return await self.database.read(lambda tx: operation(self.domain, tx, *args, **kwargs))

    async def read(self, question: Callable[[Tx], T]) -> T:
        """A question to the database alone."""
        return await self.database.read(question)

    async def once(self, identity: str, operation: Operation[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """One writing transaction for a delivery: the same delivery again changes nothing and gives None."""

        def work(tx: Tx) -> T | None:
            return operation(self.domain, tx, *args, **kwargs) if tx.claims.claim(identity) else None

        return await self.database.write(work)
