"""What called people and their services do, told to the bot by the services' own webhooks."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field

import httpx

from sandbox.pagers.book import Book, Page
from sandbox.pagers.services import TOKEN


@dataclass(frozen=True)
class Deed:
    """A button: what it says, the state that the page has then, and what a callback is sent."""

    id: str
    title: str
    state: str
    callback: str = "status"
    form: dict[str, str] = field(default_factory=dict)


CALL = (
    Deed("digit", "Press 1", "acknowledged", "digit", {"Digits": "1"}),
    Deed("answer", "Answer and hang up", "completed", form={"CallStatus": "completed"}),
    Deed("voicemail", "Voicemail", "voicemail", form={"CallStatus": "completed", "AnsweredBy": "machine_start"}),
    Deed("silence", "Let it ring out", "no-answer", form={"CallStatus": "no-answer"}),
)
MESSAGE = (
    Deed("deliver", "Deliver", "delivered", form={"MessageStatus": "delivered"}),
    Deed("lose", "Lose it", "undelivered", form={"MessageStatus": "undelivered", "ErrorCode": "30003"}),
)
PAGERDUTY = (
    Deed("acknowledge", "Acknowledge", "acknowledged", "PU-OWNER"),
    Deed("stranger", "As a stranger", "acknowledged", "PU-STRANGER"),
)


def deeds_of(page: Page) -> tuple[Deed, ...]:
    """What can be done with a page now."""
    if page.service == "pagerduty":
        return PAGERDUTY if page.state == "triggered" else ()
    if page.kind == "Telephone call":
        found = CALL if page.state == "ringing" else ()
        return tuple(each for each in found if each.callback in page.callbacks or each.callback == "status")
    return MESSAGE if page.state == "queued" else ()


class Deeds:
    """Does them. `bot_url` is the bot's web port, empty without one; `secret` signs PagerDuty's webhooks."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.bot_url, self.secret = "", "practice-webhook-secret"

    async def do(self, number: int, name: str) -> None:
        """Do it; KeyError when that cannot be done with the page (any more)."""
        page = self._book.page(number)
        deed = next((each for each in deeds_of(page) if each.id == name), None)
        if deed is None:
            raise KeyError(name)
        self._book.say(page, deed.state)
        told = self._tell_pagerduty(page, deed) if page.service == "pagerduty" else self._tell_twilio(page, deed)
        self._book.say(page, deed.state, await told)

    async def _tell_pagerduty(self, page: Page, deed: Deed) -> str:
        if not self.bot_url:
            return "NeonOps has no web port: it is not told."
        user = f"PU-{page.to}" if deed.callback == "PU-OWNER" else deed.callback
        agent = {"id": user, "type": "user_reference", "summary": page.to if deed.id != "stranger" else "Sam Stranger"}
        event = {"id": secrets.token_hex(8), "event_type": "incident.acknowledged", "agent": agent,
                 "data": {"id": f"Q{page.id}", "incident_key": page.key}}  # fmt: skip
        body = json.dumps({"event": event}).encode()
        sign = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-PagerDuty-Signature": f"v1={sign}", "Content-Type": "application/json"}
        return await _sent(f"{self.bot_url}/webhooks/pagerduty", body, headers)

    async def _tell_twilio(self, page: Page, deed: Deed) -> str:
        url, form = page.callbacks.get(deed.callback), {"Sid": page.sid, **deed.form}
        if not url:
            return "NeonOps has no web port: it is not told."
        signed = url + "".join(name + form[name] for name in sorted(form))
        sign = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        body = str(httpx.QueryParams(form)).encode()
        headers = {"X-Twilio-Signature": sign, "Content-Type": "application/x-www-form-urlencoded"}
        return await _sent(url, body, headers)


async def _sent(url: str, body: bytes, headers: dict[str, str]) -> str:
    try:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            answer = await client.post(url, content=body, headers=headers)
    except httpx.HTTPError as error:
        return f"NeonOps did not hear it ({type(error).__name__})."
    return f"NeonOps answered {answer.status_code}."
