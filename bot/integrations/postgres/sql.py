"""One read-only question to a PostgreSQL database. It can change nothing, run on for ever, or tell its password."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import psycopg
from psycopg import errors

from bot.errors import Denied, OutsideError, Refusal, Rejected, Unreachable
from bot.text import say

DATABASE = "The database"
CONNECT_TIMEOUT_S = 5
# What reads. COPY could start programs, DO and CALL could do anything that the role may.
READING = frozenset({"select", "with", "table", "values", "show", "explain"})
_LEADING_COMMENT = re.compile(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/|\()*", re.DOTALL)
_HINT = "Check NEONPRO_DATABASE_URL."


@dataclass(frozen=True)
class Rows:
    """The first rows of an answer; `truncated` says that there were more. `duration_ms` is without connecting."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    duration_ms: float
    truncated: bool = False


@dataclass(frozen=True)
class ProductDatabase:
    """The product's database, read."""

    dsn: str = field(repr=False)

    async def query(self, sql: str, *, timeout_s: float) -> Rows:
        """The rows of one reading statement; see `query`."""
        return await query(self.dsn, sql, timeout_s=timeout_s)


async def query(
    dsn: str, sql: str, *, timeout_s: float, max_rows: int = 50, clock: Callable[[], float] = time.monotonic
) -> Rows:
    """The rows of one reading statement, in a read-only transaction that is rolled back.

    Raises `Refusal` for what is not one reading statement or took longer than `timeout_s`, `Unreachable`, `Denied`,
    and `Rejected` with the SQLSTATE as its code.
    """
    require_reading(sql)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S + timeout_s), _read_only(dsn, timeout_s) as connection:
            return await _fetch(connection, sql, max_rows, clock)
    except psycopg.Error as error:
        # The driver's own text may repeat the DSN, so it is not chained.
        raise refusal_for(error, timeout_s) from None
    except TimeoutError:
        raise Unreachable(DATABASE, say("no answer within {seconds:g} s", seconds=timeout_s)) from None


def require_reading(sql: str) -> None:
    """Refuses what does not begin like a question. The read-only transaction is what holds; this says so sooner."""
    word = re.match(r"\w*", _LEADING_COMMENT.sub("", sql, count=1))
    if word is None or word.group().lower() not in READING:
        allowed = ", ".join(sorted(each.upper() for each in READING))
        raise Refusal(
            say("Only a statement that reads can be run here."),
            hint=say("It begins with one of {allowed}.", allowed=allowed),
        )


@asynccontextmanager
async def _read_only(dsn: str, timeout_s: float) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    connection = await psycopg.AsyncConnection.connect(
        dsn, connect_timeout=CONNECT_TIMEOUT_S, application_name="neonops"
    )
    try:
        await connection.set_read_only(True)
        # Inside the transaction, since poolers refuse start-up options. This is its first query: from here on
        # PostgreSQL refuses to make the transaction writable.
        await connection.execute(
            "SELECT set_config('statement_timeout', %s, true)", (str(max(1, round(timeout_s * 1000))),)
        )
        yield connection
        await connection.rollback()
    finally:
        await connection.close()


async def _fetch(connection: psycopg.AsyncConnection[Any], sql: str, max_rows: int, clock: Callable[[], float]) -> Rows:
    rows: list[tuple[Any, ...]] = []
    began = clock()
    async with connection.cursor() as cursor:
        # Streaming keeps a big table out of memory, and its protocol takes one statement only.
        async with aclosing(cast(AsyncGenerator[Any, None], cursor.stream(sql))) as stream:
            async for row in stream:
                rows.append(row)
                if len(rows) > max_rows:
                    break
        duration_ms = (clock() - began) * 1000
        if not rows:
            # A stream without rows does not tell its columns. Binary keeps to the one-statement protocol.
            await cursor.execute(sql, binary=True)
        columns = tuple(column.name for column in cursor.description or ())
    return Rows(columns, tuple(rows[:max_rows]), duration_ms, len(rows) > max_rows)


def refusal_for(error: psycopg.Error, timeout_s: float) -> Refusal:
    """The error to show for the driver's."""
    match error:
        case errors.QueryCanceled():
            return Refusal(say("The query took longer than {seconds:g} s and was stopped.", seconds=timeout_s))
        case errors.ReadOnlySqlTransaction():
            return Refusal(say("The query tried to change something; only reading is possible here."))
        case errors.SyntaxError() if "multiple commands" in str(error):
            return Refusal(say("Only one statement can be run at a time."))
        case _ if error.sqlstate:
            return Rejected(DATABASE, code=error.sqlstate, message=error.diag.message_primary or say("it failed"))
        case _:
            return _connection_refusal(str(error))


def _connection_refusal(text: str) -> OutsideError:
    """Connecting fails without an SQLSTATE, with a text that may repeat the DSN: only known words are taken from it."""
    if "authentication failed" in text or "no pg_hba.conf entry" in text or "does not exist" in text:
        return Denied(DATABASE, status="login", reason=say("the user, password or database is wrong"), hint=say(_HINT))
    known = {
        "refused": say("the connection was refused"),
        "timeout": say("no connection in time"),
        "resolve": say("its name could not be resolved"),
        "Name or service": say("its name could not be resolved"),
        "closed": say("the connection was lost"),
        "SSL": say("a secure connection could not be made"),
        "starting up": say("it is starting up"),
        "shutting down": say("it is shutting down"),
        "too many": say("it has too many connections already"),
        "No such file": say("nothing listens there"),
    }
    reason = next((words for sign, words in known.items() if sign in text), say("the connection failed"))
    return Unreachable(DATABASE, reason, hint=say(_HINT))
