"""What all tests share: tests may be coroutines; each runs in an event loop of its own, which its fixtures share."""

import asyncio
import inspect
from collections.abc import Iterator

import pytest

LIMIT = 60
"""Seconds after which an async test hangs."""


@pytest.fixture
def loop() -> Iterator[asyncio.Runner]:
    """The event loop of one test: async fixtures run in it before and after the test does."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine, in the loop of its fixtures if it has one."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

    async def limited() -> None:
        async with asyncio.timeout(LIMIT):
            await pyfuncitem.obj(**arguments)

    runner = pyfuncitem.funcargs.get("loop")
    if isinstance(runner, asyncio.Runner):
        runner.run(limited())
    else:
        asyncio.run(limited())
    return True
