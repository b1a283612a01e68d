"""What other replicas say: their commits' wakes and new jobs, as PostgreSQL's notifications."""

import json
import uuid
from asyncio import Event
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from psycopg import AsyncConnection, OperationalError

from bot.ports import Wake
from storage.cluster.jobs import CHANNEL, SCHEMA

log = structlog.get_logger()

QUIET_S = 5.0
"""Seconds without a notification after which the connection is looked at."""
CONNECTION: dict[str, Any] = {
    "options": f"-c search_path={SCHEMA} -c statement_timeout=5000 -c timezone=UTC",
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
}
"""How a replica's own connections are opened."""


class Listener:
    """Listens. `begun` is called whenever listening begins: what was said before was not heard."""

    def __init__(self, dsn: str, begun: Callable[[], None], told: Callable[[Iterable[Wake]], None]) -> None:
        self._dsn, self._begun, self._told = dsn, begun, told
        self.origin = uuid.uuid4().hex[:12]
        """Marks what this replica says itself."""
        self.open = Event()

    async def listen_forever(self) -> None:
        """Listen until the connection breaks; to be called again then."""
        try:
            async with await AsyncConnection.connect(self._dsn, autocommit=True, **CONNECTION) as connection:
                await connection.execute(f'LISTEN "{CHANNEL}"')
                self.open.set()
                self._begun()
                while True:
                    async for notification in connection.notifies(timeout=QUIET_S):
                        self._hear(json.loads(notification.payload))
                    await connection.execute("SELECT 1")
        except OperationalError as error:
            log.warning("cluster.deaf", why=type(error).__name__)

    def _hear(self, said: dict[str, Any]) -> None:
        """Procrastinate's own words name nobody: they say that there is a job."""
        foreign = said.get("from", self.origin) != self.origin
        self._told([Wake(kind, key) for kind, key in said["wakes"]] if foreign else ())
