"""Workers: at most one task for each key; a key that is woken while it is worked on is worked on once more."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
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
        self._context: Context | None = None
        self.stopping = False
        self.ask: Callable[[K], object] = self._begin
        """Has a key worked on that is not worked on here: here, unless replicas share the work."""

    def keep_context(self) -> None:
        """Work in the context of this call (for whom texts are said), not in that of whoever wakes a key."""
        self._context = copy_context()

    def wake(self, key: K) -> None:
        """Have the key worked on; may be called at any time, from the event loop."""
        if not self.stopping and not self.hear(key):
            self.ask(key)

    def hear(self, key: K) -> bool:
        """Have the key worked on once more, if it is being worked on here; whether it is."""
        if key in self._tasks:
            self._woken[key].set()
        return key in self._tasks

    async def work_on(self, key: K) -> bool:
        """Work on the key here until there is nothing more to do; False when that was cut short."""
        if self.stopping:
            return False
        task = self._tasks[key] if self.hear(key) else self._begin(key)
        await asyncio.wait({task})
        return not task.cancelled()

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
        await self.drop()

    async def drop(self) -> None:
        """Cancel all that is being worked on."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, key: K) -> asyncio.Task[None]:
        woken = self._woken[key] = asyncio.Event()
        woken.set()
        context = self._context.copy() if self._context else None
        task = asyncio.create_task(self._run(key, woken), name=f"{self._name}-{key}", context=context)
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))
        return task

    async def _run(self, key: K, woken: asyncio.Event) -> None:
        await self._work(key, woken)

    def _ended(self, key: K, task: asyncio.Task[None]) -> None:
        self._tasks.pop(key, None)
        woken = self._woken.pop(key)
        if task.cancelled():
            return
        if failure := task.exception():
            log.error("worker.stopped", worker=self._name, key=key, exc_info=failure)
        elif woken.is_set():
            self.wake(key)
