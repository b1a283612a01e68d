"""An answer that never comes: the connection is closed without a byte, as when a network dies."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.serving import HANG_UP


class Lost(Response):
    """Closes the client's connection instead of answering. Needs `sandbox.serving`; elsewhere it raises."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hang_up = scope.get("extensions", {}).get(HANG_UP)
        if hang_up is None:
            raise ConnectionResetError("the practice server lost this answer")
        hang_up()
        while (await receive())["type"] != "http.disconnect":
            pass
