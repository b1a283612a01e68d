"""Twilio's addresses, and what its statuses mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

from bot.text import say


@dataclass(frozen=True)
class Account:
    """Who calls: the account and its number (or messaging service). None of it is ever shown."""

    sid: str = field(repr=False)
    token: str = field(repr=False)
    sender: str = field(repr=False)


@dataclass(frozen=True)
class Number:
    """Who is called. Without `account` the installation's own is meant; `voice` = a call, else a text message."""

    to: str = field(repr=False)
    voice: bool
    account: Account | None = None


class Reached(StrEnum):
    """What Twilio says of a call or a message."""

    ON_ITS_WAY = "on its way"
    DELIVERED = "delivered"
    NOT_DELIVERED = "not delivered"


@dataclass(frozen=True)
class Status:
    """How far it came, and why not."""

    reached: Reached
    why: str = ""


def number_of(address: str) -> Number | None:
    """`twilio://SID:TOKEN@FROM/TO?method=call`, or `twilio://TO`; None for all else: several numbers, WhatsApp."""
    parts = urlsplit(address)
    credentials, at, place = parts.netloc.rpartition("@")
    voice = parse_qs(parts.query).get("method", [""])[-1].lower() == "call"
    if not at:
        to = _telephone(place)
        return Number(to, voice) if to and not parts.path.strip("/") else None
    sid, _, token = credentials.partition(":")
    targets = [each for each in parts.path.split("/") if each]
    to, sender = _telephone(targets[0]) if len(targets) == 1 else None, _sender(place)
    account = Account(unquote(sid), unquote(token), sender) if sid and token and sender else None
    return Number(to, voice, account) if to and account else None


def _telephone(written: str) -> str | None:
    """`+` and digits; None when it is no number."""
    bare = re.sub(r"[\s().-]", "", unquote(written))
    return "+" + bare.removeprefix("+") if re.fullmatch(r"\+?\d{8,15}", bare) else None


def _sender(written: str) -> str | None:
    """A number, a short code, or a messaging service."""
    bare = unquote(written)
    return bare if re.fullmatch(r"\d{5,6}|MG[0-9a-fA-F]{32}", bare) else _telephone(written)


_FAILED = {
    "busy": "the line was busy",
    "no-answer": "nobody answered",
    "failed": "the number could not be reached",
    "canceled": "it was cancelled",
    "undelivered": "the message could not be delivered",
}


def status_of(form: Mapping[str, str]) -> Status:
    """What a status callback says (https://www.twilio.com/docs/voice/api/call-resource, …/messaging/api)."""
    if form.get("AnsweredBy", "").startswith(("machine", "fax")):
        return Status(Reached.NOT_DELIVERED, say("voicemail answered"))
    said = form.get("CallStatus") or form.get("MessageStatus") or ""
    if said in _FAILED:
        code = form.get("ErrorCode", "")
        why = say(_FAILED[said])
        return Status(
            Reached.NOT_DELIVERED, say("{why} (error {code})", why=why, code=code) if code.isdecimal() else why
        )
    return Status(Reached.DELIVERED if said in ("completed", "delivered", "read") else Reached.ON_ITS_WAY)
