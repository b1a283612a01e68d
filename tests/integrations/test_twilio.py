"""Twilio: each call and message is asked for once, what its statuses mean, and which requests are its own."""

from io import StringIO
from pathlib import Path
from string import Formatter
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from babel.messages.pofile import read_po

from bot.errors import Ambiguous, Refusal, Rejected
from bot.integrations.twilio.client import Twilio
from bot.integrations.twilio.model import Account, Number, Reached, number_of, status_of
from bot.integrations.twilio.signature import is_signed, signature
from bot.integrations.twilio.twiml import answer, question
from bot.text import say
from bot.text.catalogue import LOCALES, translated
from bot.text.values import in_language

from .fakes import FakeTime, Server, ok, run, serving

ROOT = Path(__file__).parents[2]
ACCOUNT = Account("AC1", "s3cr3t", "+15550100")
CALLED, TEXTED = Number("+5511999990000", True, ACCOUNT), Number("+5511999990000", False, ACCOUNT)
CALLS, MESSAGES = "POST /2010-04-01/Accounts/AC1/Calls.json", "POST /2010-04-01/Accounts/AC1/Messages.json"


def twilio(server: Server, own: Account | None = None) -> Twilio:
    return Twilio(server.client(), base_url="https://twilio.test", own=own, pace=FakeTime().pace())


def form(server: Server) -> dict[str, str]:
    (request,) = server.requests
    return dict(parse_qsl(request.content.decode()))


def test_a_call_rings_and_says_where_its_status_goes() -> None:
    server = serving(**{CALLS: ok({"sid": "CA1"}, 201)})
    run(twilio(server).call(CALLED, "<Response/>", "https://bot.test/status"))
    sent = form(server)
    assert (sent["To"], sent["From"], sent["Twiml"]) == ("+5511999990000", "+15550100", "<Response/>")
    assert (sent["StatusCallback"], sent["AsyncAmd"]) == ("https://bot.test/status", "true")
    assert server.requests[0].headers["authorization"] == "Basic QUMxOnMzY3IzdA=="


def test_without_a_public_address_no_status_is_asked_for() -> None:
    server = serving(**{MESSAGES: ok({"sid": "SM1"}, 201)})
    run(twilio(server, ACCOUNT).message(Number("+5511999990000", False), "x", ""))
    assert form(server) == {"To": "+5511999990000", "From": "+15550100", "Body": "x"}


@pytest.mark.parametrize(
    ("step", "error"),
    [(ok(status=500), Ambiguous), (httpx.ReadTimeout("no"), Ambiguous), (ok(status=302), Rejected),
     (ok({"code": 21211, "message": "bad"}, 400), Rejected)],
)  # fmt: skip
def test_a_call_is_asked_for_once_whatever_is_answered(step: Any, error: type[Exception]) -> None:
    server = serving(**{CALLS: step})
    with pytest.raises(error):
        run(twilio(server).call(CALLED, "<Response/>", ""))
    assert len(server.requests) == 1


def test_a_number_without_an_account_needs_the_installations_own() -> None:
    with pytest.raises(Refusal, match="TWILIO_ACCOUNT_SID"):
        run(twilio(serving()).message(Number("+5511999990000", False), "x", ""))


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("twilio://AC1:s3cr3t@+15550100/+5511999990000?method=call", CALLED),
        ("twilio://AC1:s3cr3t@15550100/5511999990000", TEXTED),
        ("twilio://+5511999990000?method=CALL", Number("+5511999990000", True)),
        ("twilio://+55%2011%2099999-0000", Number("+5511999990000", False)),
        ("twilio://AC1:s3cr3t@15550100/5511999990000/5511999990001", None),
        ("twilio://AC1:s3cr3t@15550100/w:5511999990000", None),
        ("twilio://AC1@15550100/5511999990000", None),
        ("twilio://default", None),
    ],
)
def test_an_address_names_account_and_number(address: str, number: Number | None) -> None:
    assert number_of(address) == number


def test_a_number_shows_nothing_of_itself() -> None:
    assert repr(CALLED) == "Number(voice=True, account=Account())"


@pytest.mark.parametrize(
    ("said", "reached"),
    [
        ({"CallStatus": "queued"}, Reached.ON_ITS_WAY),
        ({"CallStatus": "in-progress"}, Reached.ON_ITS_WAY),
        ({"CallStatus": "completed"}, Reached.DELIVERED),
        ({"CallStatus": "no-answer"}, Reached.NOT_DELIVERED),
        ({"CallStatus": "completed", "AnsweredBy": "machine_start"}, Reached.NOT_DELIVERED),
        ({"AnsweredBy": "human"}, Reached.ON_ITS_WAY),
        ({"MessageStatus": "sent"}, Reached.ON_ITS_WAY),
        ({"MessageStatus": "delivered"}, Reached.DELIVERED),
        ({"MessageStatus": "undelivered", "ErrorCode": "30003"}, Reached.NOT_DELIVERED),
        ({}, Reached.ON_ITS_WAY),
    ],
)
def test_accepted_is_not_delivered_and_voicemail_is_nobody(said: dict[str, str], reached: Reached) -> None:
    assert status_of(said).reached is reached


def test_why_it_was_not_delivered_is_said() -> None:
    assert status_of({"MessageStatus": "undelivered", "ErrorCode": "30003"}).why == (
        "the message could not be delivered (error 30003)"
    )


def test_the_signature_is_that_of_twilios_own_example() -> None:
    params = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675310", "Digits": "1234", "From": "+14158675310",
              "To": "+18005551212"}  # fmt: skip
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, params) == "L/OH5YylLD5NRKLltdqwSvS0BnU="
    assert is_signed("12345", url, params, "L/OH5YylLD5NRKLltdqwSvS0BnU=")
    assert not is_signed("12345", url, {**params, "Digits": "1"}, "L/OH5YylLD5NRKLltdqwSvS0BnU=")


def test_the_telephone_speaks_the_persons_language_and_escapes_what_people_wrote() -> None:
    said = question("<b> & co", "pt-BR", "https://bot.test/a?b=1&c=2")
    assert 'language="pt-BR"' in said
    assert "&lt;b&gt; &amp; co" in said
    assert 'action="https://bot.test/a?b=1&amp;c=2"' in said
    assert 'language="en-US"' in answer("x", "en")


def test_without_a_public_address_no_digit_is_asked_for() -> None:
    said = question("Checkout is down.", "en", "")
    assert "Gather" not in said
    assert "Open Slack" in said


def test_who_reads_portuguese_hears_portuguese() -> None:
    with in_language("pt-BR"):
        said = question(say("NeonOps: you are needed"), "pt-BR", "https://bot.test/digit")
    assert "precisamos de você Pressione qualquer dígito para assumir." in said


def test_the_words_of_pagers_are_compiled_and_are_those_that_are_said() -> None:
    catalogue = read_po(StringIO((LOCALES / "pt_BR" / "LC_MESSAGES" / "pagers.po").read_text("utf-8")))
    said = "".join(path.read_text("utf-8") for top in ("bot", "handlers") for path in (ROOT / top).rglob("*.py"))
    for sentence, words in ((str(each.id), str(each.string)) for each in catalogue if each.id):
        assert f'"{sentence}"' in said or f"('{sentence}'" in said
        assert translated(sentence, "pt-BR") == words
        assert places(sentence) == places(words)


def places(text: str) -> list[str]:
    return sorted(name for _, name, *_ in Formatter().parse(text) if name)
