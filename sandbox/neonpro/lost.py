"""An answer that never comes: the connection is closed without a byte, as when a network dies."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Lost(Response):
    """Closes the client's connection instead of answering (uvicorn; elsewhere it raises ConnectionResetError)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = _transport(send)
        if transport is None:
            raise ConnectionResetError("the practice server lost this answer")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def _transport(send: Callable[..., Any]) -> Any:
    # Starlette wraps uvicorn's bound `send` in closures and offers no other way to the connection.
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        return transport
    inner = (cell.cell_contents for cell in getattr(send, "__closure__", None) or ())
    return next((found for one in inner if callable(one) and (found := _transport(one)) is not None), None)
