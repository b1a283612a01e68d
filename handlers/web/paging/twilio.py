"""Twilio's callbacks: how far a call or message came, and the digit that was pressed."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from bot.domain import Domain
from bot.errors import Refusal
from bot.integrations.twilio.client import Twilio
from bot.integrations.twilio.model import Reached, number_of, status_of
from bot.integrations.twilio.signature import SIGNATURE, is_signed
from bot.integrations.twilio.twiml import answer as spoken
from bot.paging.answering import answer
from bot.paging.hearing import heard
from bot.paging.model import CallState, PagerCall
from bot.ports import Tx
from bot.text import say, side_by_side
from bot.text.values import in_language
from handlers.web.endpoints import Endpoint, refused
from handlers.web.paging.doors import Doors

STATUS, DIGIT = "/webhooks/twilio/status", "/webhooks/twilio/digit"
LARGEST = 65_536
_STATES = {
    Reached.ON_ITS_WAY: CallState.SENT,
    Reached.DELIVERED: CallState.DELIVERED,
    Reached.NOT_DELIVERED: CallState.FAILED,
}


@dataclass(frozen=True)
class _Signer:
    """Whose account called, and the language of who was called."""

    token: str
    locale: str


def twilio(doors: Doors) -> list[Endpoint]:
    """Both callbacks name the call in their address, which is signed with the rest: 401 to what is not."""

    async def status(request: Request) -> Response:
        call, form = _call(request), await _form(request)
        if await _signer(doors, request, call, form) is None:
            return refused(request, 401, "not signed by Twilio")
        said = status_of(form)
        await doors.transactions.do(heard, call, _STATES[said.reached], said.why)
        return Response(status_code=204)

    async def digit(request: Request) -> Response:
        call, form = _call(request), await _form(request)
        signer = await _signer(doors, request, call, form)
        if signer is None:
            return refused(request, 401, "not signed by Twilio")
        with in_language(signer.locale):
            words = await _pressed(doors, call) if form.get("Digits") else say("No digit was pressed. Goodbye.")
            return Response(spoken(side_by_side(words), signer.locale), media_type="application/xml")

    return [
        Endpoint(path, each, method="POST", body_bytes=LARGEST) for path, each in ((STATUS, status), (DIGIT, digit))
    ]


async def _pressed(doors: Doors, call: int) -> str:
    try:
        return await doors.transactions.do(answer, call, "page")
    except Refusal as refusal:
        return refusal.sentence


def _call(request: Request) -> int:
    named = request.query_params.get("call", "")
    return int(named) if named.isascii() and named.isdigit() and len(named) < 10 else 0


async def _form(request: Request) -> dict[str, str]:
    try:
        body = (await request.body()).decode()
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=200))
    except ValueError:
        return {}


async def _signer(doors: Doors, request: Request, call: int, form: dict[str, str]) -> _Signer | None:
    signer = await doors.transactions.look(_account, call, doors.twilio)
    query = f"?{request.url.query}" if request.url.query else ""
    url, given = f"{doors.public_url}{request.url.path}{query}", request.headers.get(SIGNATURE, "")
    return signer if signer and is_signed(signer.token, url, form, given) else None


def _account(domain: Domain, tx: Tx, call_id: int, client: Twilio) -> _Signer | None:
    """By whose token a call's callbacks are signed, as the team file has it."""
    call = tx.rows(PagerCall).get(call_id)
    alert = tx.alerts.get(call.alert_id) if call else None
    person = domain.team.people.get(alert.person) if alert else None
    if call is None or person is None or call.number >= len(person.page):
        return None
    number = number_of(person.page[call.number])
    account = (number.account or client.own) if number else None
    return _Signer(account.token, person.locale) if account else None
