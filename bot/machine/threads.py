"""Runs what blocks beside the event loop, in a thread that keeps no process from ending."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds that a work is given to end after nobody waits for it any more."""


async def aside(work: Callable[[], T], *, patience: float = PATIENCE) -> T:
    """The work's result. When this is cancelled, the work may end for a while, and is left behind then."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - it is the asker's, who gets it
            _tell(loop, ended, error=error)
        else:
            _tell(loop, ended, result=result)

    threading.Thread(target=run, name="aside", daemon=True).start()
    try:
        return await asyncio.shield(ended)
    except asyncio.CancelledError:
        await asyncio.wait({ended}, timeout=patience)
        raise


def _tell(loop: asyncio.AbstractEventLoop, ended: "asyncio.Future[T]", **outcome: object) -> None:
    def tell() -> None:
        if "error" in outcome:
            ended.set_exception(outcome["error"])  # type: ignore[arg-type]
            ended.exception()  # nobody may wait for it any more
        else:
            ended.set_result(outcome["result"])  # type: ignore[arg-type]

    with suppress(RuntimeError):  # the loop has closed meanwhile
        loop.call_soon_threadsafe(tell)
