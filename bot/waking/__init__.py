"""The waker: has what a commit named worked on, at most by one worker a key at a time. One port, two implementations.

`Alone` (here) works in this process. `storage.cluster.Cluster` shares the work with other replicas on one PostgreSQL.
"""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from bot.machine.workers import Workers
from bot.ports import Wake

Key = Callable[[str], Any]


class Superseded(asyncio.CancelledError):
    """This process was away for so long that another replica has taken its work: what is under way here is over."""


class Lease(Protocol):
    """Whether this process may still act outside.

    `heartbeat` is a file in which it says when it was last awake (CLOCK_BOOTTIME); commands that it started end when
    that grows old, because another replica takes over then. None = nobody would.
    """

    @property
    def heartbeat(self) -> Path | None: ...

    async def hold(self) -> None:
        """Return when what this process works on is its own now; asked right before something is changed outside.

        Raises:
            Superseded: another replica has taken it over.
            DatabaseAway: that cannot be found out.
        """
        ...


class Waker(Lease, Protocol):
    """Has keys worked on. A wake that was committed is never lost, whichever process dies."""

    def serve(self, kind: str, workers: Workers[Any], key: Key) -> None:
        """Have these workers work on the keys of a kind; `key` reads one from its text."""
        ...

    def tell(self, kind: str, listener: Callable[[str], object]) -> None:
        """Have every replica hear the wakes of a kind that is no work: what it remembers has changed."""
        ...

    def hear(self, wakes: Iterable[Wake]) -> None:
        """What a commit of this process named."""
        ...

    async def start(self) -> None:
        """Begin to work."""
        ...

    async def rest(self) -> None:
        """Take nothing new."""
        ...

    async def stop(self) -> None:
        """Let go of what is left; asked after the workers have stopped."""
        ...


class Alone:
    """The waker of a process that has its database for itself: keys are worked on right here."""

    heartbeat: Path | None = None

    def __init__(self) -> None:
        self._workers: dict[str, tuple[Workers[Any], Key]] = {}
        self._listeners: dict[str, Callable[[str], object]] = {}

    def serve(self, kind: str, workers: Workers[Any], key: Key) -> None:
        workers.keep_context()
        self._workers[kind] = workers, key

    def tell(self, kind: str, listener: Callable[[str], object]) -> None:
        self._listeners[kind] = listener

    def hear(self, wakes: Iterable[Wake]) -> None:
        for wake in wakes:
            if wake.kind in self._workers:
                workers, key = self._workers[wake.kind]
                workers.wake(key(wake.key))
            elif wake.kind in self._listeners:
                self._listeners[wake.kind](wake.key)

    async def start(self) -> None:
        """Nothing has to begin."""

    async def rest(self) -> None:
        """Nothing comes from elsewhere."""

    async def stop(self) -> None:
        """Nothing is held."""

    async def hold(self) -> None:
        """Nobody else could take anything over."""
