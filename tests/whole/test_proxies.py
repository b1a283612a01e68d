"""Behind a proxy the whole bot works, and nothing of it goes another way."""

import pytest
from integrations.proxy import proxying

from bot.errors import Refusal
from whole.workspace import Workspace


async def test_everything_goes_through_the_proxy(workspace: Workspace) -> None:
    async with proxying() as proxy:
        await workspace.restart(HTTP_PROXY=proxy.url)
        room = await workspace.declare("p1 Checkout is down")
        await room.card.tick("Determine scope and impact", by=workspace.fabio)
        await workspace.until(lambda: any(path.startswith("/response/") for path in proxy.paths()))
        await workspace.alice.types("/deploy api --dry-run")
        await workspace.alice.sees("Nothing was changed")
        await workspace.stop()
    kinds = {path.split("/")[1] for path in proxy.paths()}
    assert {"/api/auth.test", "/api/apps.connections.open", "/api/chat.postMessage"} <= proxy.paths()
    assert {"socket", "response", "vercel"} <= kinds, sorted(kinds)


async def test_what_is_exempt_is_asked_directly(workspace: Workspace) -> None:
    async with proxying() as proxy:
        await workspace.restart(HTTP_PROXY=proxy.url, NO_PROXY="127.0.0.1")
        await workspace.declare("p1 Checkout is down")
        await workspace.stop()
    assert proxy.asked == []


async def test_a_proxy_that_cannot_be_used_keeps_it_from_starting(workspace: Workspace) -> None:
    with pytest.raises(Refusal, match="ALL_PROXY is a SOCKS proxy"):
        await workspace.restart(ALL_PROXY="socks5://127.0.0.1:1")
