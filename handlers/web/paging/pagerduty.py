"""PagerDuty's V3 webhook: signed, taken once, answered when it is kept; what it means is worked out afterwards."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from bot.integrations.pagerduty.webhook import SIGNATURE, Unreadable, is_signed, read_event
from bot.paging.pagerduty import take
from handlers.web.endpoints import Check, Endpoint, refused
from handlers.web.paging.doors import Doors

PATH = "/webhooks/pagerduty"
LARGEST = 262_144


def pagerduty(doors: Doors) -> list[Endpoint]:
    """`/webhooks/pagerduty`: 401 to what PagerDuty did not sign, 400 to what is no event, else 202."""

    async def answer(request: Request) -> Response:
        try:
            event = read_event(await request.body())
        except Unreadable:
            return refused(request, 400, "not to be read")
        await doors.transactions.do(take, event)
        return Response(status_code=202)

    check = signed_by_pagerduty(doors.secret)
    return [Endpoint(PATH, answer, method="POST", check=check, signer="PagerDuty", body_bytes=LARGEST)]


def signed_by_pagerduty(secret: str) -> Check:
    """PagerDuty's signature of the raw body."""

    def check(body: bytes, headers: Mapping[str, str]) -> bool:
        return is_signed(secret, body, headers.get(SIGNATURE, ""))

    return check
