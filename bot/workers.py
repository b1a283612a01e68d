"""Workers: at most one task for each key; a key that is woken while it is worked on is worked on once more."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger()

K = TypeVar("K", int, str)


class Workers(Generic[K]):
    """`work` is handed the key and its wake: it clears the wake when it reads, and ends when there is nothing to do."""

    def __init__(self, name: str, work: Callable[[K, asyncio.Event], Awaitable[None]]) -> None:
        self._name = name
        self._work: Callable[[K, asyncio.Event], Awaitable[None]] = work
        self._tasks: dict[K, asyncio.Task[None]] = {}
        self._woken: dict[K, asyncio.Event] = {}
        self.stopping = False

    def wake(self, key: K) -> None:
        """Have the key worked on; may be called at any time, from the event loop."""
        if self.stopping:
            return
        woken = self._woken.setdefault(key, asyncio.Event())
        woken.set()
        if key not in self._tasks:
            task = asyncio.create_task(self._begin(key, woken), name=f"{self._name}-{key}")
            self._tasks[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))

    def __contains__(self, key: K) -> bool:
        """Whether the key is being worked on."""
        return key in self._tasks

    def __len__(self) -> int:
        """How many keys are being worked on."""
        return len(self._tasks)

    async def stop(self, patience: float) -> None:
        """Begin nothing new, let what runs end for `patience` seconds, and cancel the rest."""
        self.stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=patience)
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _begin(self, key: K, woken: asyncio.Event) -> None:
        await self._work(key, woken)

    def _ended(self, key: K, task: asyncio.Task[None]) -> None:
        self._tasks.pop(key, None)
        woken = self._woken.pop(key)
        failure = None if task.cancelled() else task.exception()
        if failure:
            log.error("worker.stopped", worker=self._name, key=key, exc_info=failure)
        elif woken.is_set():
            self.wake(key)
