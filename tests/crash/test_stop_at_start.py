"""SIGTERM and SIGINT end a bot that has not started yet: Slack or the database may be away for long."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from psycopg import AsyncConnection

from bot.machine.threads import PATIENCE
from sandbox.neonpro.database.postgres import Postgres
from storage.database import WRITER_LOCK

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


@asynccontextmanager
async def starting(folder: Path, **environ: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A bot that has begun to start."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run",
        cwd=folder, env={"PATH": os.environ["PATH"], "HOME": str(folder), **TOKENS, **environ},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def says(process: asyncio.subprocess.Process, word: str) -> None:
    assert process.stderr
    while word.encode() not in (line := await process.stderr.readline()):
        assert line, "the bot ended"


@asynccontextmanager
async def silent_slack() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """An address that takes what is sent and never answers, and whether somebody came."""
    came = asyncio.Event()

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        await reader.read()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(keep, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/", came


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_while_slack_is_away(tmp_path: Path, number: signal.Signals) -> None:
    async with starting(tmp_path, SLACK_API_URL="http://127.0.0.1:9/api/") as bot:
        await says(bot, "slack.away")
        bot.send_signal(number)
        await says(bot, "stopping")
        assert await bot.wait() == 0


async def test_who_inherits_that_interrupts_are_ignored_is_interrupted_all_the_same(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        async with starting(tmp_path, SLACK_API_URL="http://127.0.0.1:9/api/") as bot:
            await says(bot, "slack.away")
            bot.send_signal(signal.SIGINT)
            assert await bot.wait() == 0
    finally:
        signal.signal(signal.SIGINT, before)


async def test_while_slack_is_silent(tmp_path: Path) -> None:
    async with silent_slack() as (url, came), starting(tmp_path, SLACK_API_URL=url) as bot:
        await came.wait()
        bot.send_signal(signal.SIGTERM)
        assert await bot.wait() == 0


async def test_while_another_replica_changes_the_schema(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "postgres")
    await asyncio.to_thread(server.start)
    try:
        async with await AsyncConnection.connect(server.dsn("postgres"), autocommit=True) as other:
            await other.execute("SELECT pg_advisory_lock(%s)", (WRITER_LOCK,))
            async with starting(tmp_path, NEONOPS_DATABASE_URL=server.dsn("postgres")) as bot:
                await wait_for_it(other)
                bot.send_signal(signal.SIGTERM)
                async with asyncio.timeout(PATIENCE * 2):
                    assert await bot.wait() == 0
    finally:
        await asyncio.to_thread(server.remove)


async def wait_for_it(other: AsyncConnection) -> None:
    """Until somebody waits for a lock."""
    while True:
        found = await (await other.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")).fetchone()
        if found and found[0]:
            return
        await asyncio.sleep(0.05)
