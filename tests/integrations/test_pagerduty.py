"""PagerDuty: events that may be sent again, what can be read, and webhooks that are signed."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from bot.errors import Ambiguous, Refusal, Rejected
from bot.integrations.pagerduty.client import PagerDuty
from bot.integrations.pagerduty.model import routing_key_of
from bot.integrations.pagerduty.webhook import Unreadable, is_signed, read_event

from .fakes import FakeTime, Server, ok, run, serving

EVENTS = "POST /v2/enqueue"


def pagerduty(server: Server, **changes: Any) -> PagerDuty:
    places = {"events_url": "https://events.test", "api_url": "https://api.test"}
    return PagerDuty(server.client(), **places, **{"pace": FakeTime().pace(), **changes})


def sent(server: Server) -> list[dict[str, Any]]:
    return [json.loads(each.content) for each in server.requests]


def test_a_trigger_names_key_summary_and_severity() -> None:
    server = serving(**{EVENTS: ok(status=202)})
    run(pagerduty(server).trigger("key", "neonops:incident:7", "Checkout is down", link="https://bot.test/ack/x"))
    (event,) = sent(server)
    assert (event["routing_key"], event["event_action"], event["dedup_key"]) == ("key", "trigger", "neonops:incident:7")
    assert event["payload"] == {"summary": "Checkout is down", "source": "NeonOps", "severity": "critical"}
    assert event["links"] == [{"href": "https://bot.test/ack/x", "text": "Acknowledge"}]


@pytest.mark.parametrize("first", [ok(status=429), ok(status=500), httpx.ConnectError("no"), httpx.ReadTimeout("no")])
def test_what_did_not_arrive_for_certain_is_sent_again_under_the_same_key(first: Any) -> None:
    server = serving(**{EVENTS: [first, ok(status=202)]})
    run(pagerduty(server).trigger("key", "neonops:incident:7", "x"))
    assert [each["dedup_key"] for each in sent(server)] == ["neonops:incident:7"] * 2


def test_who_never_answers_may_have_taken_it() -> None:
    server = serving(**{EVENTS: httpx.ReadTimeout("no")})
    with pytest.raises(Ambiguous):
        run(pagerduty(server).trigger("key", "neonops:incident:7", "x"))
    assert len(server.requests) == 4


@pytest.mark.parametrize("status", [400, 302])
def test_what_is_refused_is_sent_once(status: int) -> None:
    server = serving(**{EVENTS: ok({"message": "Event object is invalid"}, status)})
    with pytest.raises(Rejected):
        run(pagerduty(server).trigger("key", "neonops:incident:7", "x"))
    assert len(server.requests) == 1


def test_the_installations_own_key_is_taken_when_an_address_names_none() -> None:
    server = serving(**{EVENTS: ok(status=202)})
    run(pagerduty(server, routing_key="own").settle(None, "neonops:incident:7", "resolve"))
    assert sent(server)[0]["routing_key"] == "own"
    with pytest.raises(Refusal, match="PAGERDUTY_ROUTING_KEY"):
        run(pagerduty(server).settle(None, "neonops:incident:7", "resolve"))


ON_CALL = {
    "escalation_level": 1, "start": None, "end": None, "schedule": None,
    "escalation_policy": {"id": "P1", "summary": "Platform"},
    "user": {"id": "PB", "summary": "Bruno Barros", "email": "bruno@example.com"},
}  # fmt: skip


def test_who_is_on_call_is_read_page_by_page() -> None:
    second = {**ON_CALL, "escalation_level": 2}
    pages = [ok({"oncalls": [second], "more": True}), ok({"oncalls": [ON_CALL], "more": False})]
    server = serving(**{"GET /oncalls": pages})
    found = run(pagerduty(server, token="t0k3n").on_calls(["P1"]))
    assert [(each.level, each.user.email, each.policy) for each in found] == [
        (1, "bruno@example.com", "Platform"),
        (2, "bruno@example.com", "Platform"),
    ]
    assert server.requests[0].headers["authorization"] == "Token token=t0k3n"
    assert server.requests[1].url.params["offset"] == "100"


def test_without_a_token_nothing_can_be_read() -> None:
    with pytest.raises(Refusal, match="PAGERDUTY_API_TOKEN"):
        run(pagerduty(serving()).on_calls())


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("pagerduty://R0UT1NG@apikey", "R0UT1NG"),
        ("pagerduty://a%2Fb@apikey/x?region=eu", "a/b"),
        ("pagerduty://default", None),
    ],
)
def test_an_address_names_its_routing_key(address: str, key: str | None) -> None:
    assert routing_key_of(address) == key


BODY = json.dumps({"event": {
    "id": "E1", "event_type": "incident.acknowledged", "agent": {"id": "PB", "type": "user_reference", "summary": "Bo"},
    "data": {"id": "Q1", "incident_key": "neonops:incident:7"},
}}).encode()  # fmt: skip


def signed(secret: str, body: bytes = BODY) -> str:
    return "v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_one_right_signature_among_several_is_enough() -> None:
    assert is_signed("new", BODY, f"{signed('old')}, {signed('new')}")


@pytest.mark.parametrize("header", ["", "v1=", signed("other"), signed("s").replace("v1", "v0"), "v1=ä"])
def test_any_other_signature_is_refused(header: str) -> None:
    assert not is_signed("s", BODY, header)


def test_an_event_says_what_happened_to_which_key_and_by_whom() -> None:
    event = read_event(BODY)
    assert (event.id, event.kind, event.data.key) == ("E1", "incident.acknowledged", "neonops:incident:7")
    assert event.agent
    assert event.agent.is_person


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"event": 1}', b'{"event": {"id": ""}}', b"[" * 100_000, b'{"event": NaN}', b"\xff",
     b'{"event": {"id": "a", "event_type": "\\ud800"}}'],
)  # fmt: skip
def test_what_is_no_event_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_event(body)
