"""The doors of pagers: PagerDuty's and Twilio's webhooks and the one-time links, over a real database."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import httpx
import pytest
from domain_world import BRUNO, World
from starlette.types import ASGIApp

from bot.alerts.calling import call_people
from bot.alerts.model import Alert, Call, Way
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.incidents.acknowledge import hand_back
from bot.incidents.conduct import reopen, resolve
from bot.incidents.rename import rename
from bot.integrations.twilio.client import Twilio
from bot.integrations.twilio.model import Account
from bot.integrations.twilio.signature import signature
from bot.paging.answering import answered_in_pagerduty
from bot.paging.model import CallState, PagerCall
from bot.paging.notices import begin
from bot.people import Member, Team
from bot.ports import Database, DatabaseAway, Tx
from handlers.metrics import UNSIGNED
from handlers.web.app import web_app
from handlers.web.paging.doors import Doors
from handlers.web.paging.endpoints import paging

T = TypeVar("T")
PUBLIC, SECRET = "https://bot.example", "wh-s3cr3t"
PEOPLE = {
    "bruno": {"name": "Bruno", "email": "bruno@example.com", "slack": "U02BRUNO", "locale": "pt-BR",
              "page": ["twilio://AC1:t0k3n@+15550100/+5511999990000?method=call", "pagerduty://KEY@x"]},
    "elisa": {"name": "Elisa", "email": "elisa@example.com", "page": ["twilio://AC1:t0k3n@+15550100/+5511999990001"]},
}  # fmt: skip


class Kept:
    """The world's database as transactions ask it."""

    def __init__(self, world: World) -> None:
        self.world, self.away = world, False

    async def read(self, work: Callable[[Tx], T]) -> T:
        if self.away:
            raise DatabaseAway("The database does not answer.")
        return self.world.ask(work)

    write = read


@dataclass
class Web:
    """Asks the port without a network."""

    app: ASGIApp

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://inside") as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("POST", path, **more)


@dataclass
class Room:
    """A declared incident for which people were called, and the web port."""

    world: World
    kept: Kept
    web: Web
    tokens: dict[str, str]
    number: int

    def calls(self, **which: Any) -> list[PagerCall]:
        return self.world.ask(lambda tx: tx.rows(PagerCall).find(order="id", **which))

    def alert(self, person: str) -> Alert:
        return self.world.ask(lambda tx: tx.alerts.find(person=person, way=Way.PAGE))[0]

    def twilio(self, what: str, call: int, token: str = "t0k3n", **form: str) -> httpx.Response:
        path = f"/webhooks/twilio/{what}?call={call}"
        signed = {"x-twilio-signature": signature(token, PUBLIC + path, form)}
        return self.web.post(path, data=form, headers=signed)

    def pagerduty(self, secret: str = SECRET, **event: Any) -> httpx.Response:
        told = {"id": "E1", "event_type": "incident.acknowledged", "data": {"incident_key": "neonops:incident:1"},
                "agent": {"id": "PX", "type": "user_reference", "summary": "Somebody"}} | event  # fmt: skip
        body = json.dumps({"event": told}).encode()
        sign = "v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return self.web.post("/webhooks/pagerduty", content=body, headers={"x-pagerduty-signature": sign})

    def effects(self, kind: str) -> list[Effect]:
        return self.world.ask(lambda tx: tx.effects.find(kind=kind))

    def who(self) -> str | None:
        return self.world.incident(self.number).acknowledged_by


def opened(title: str = "Checkout <b>is</b> down", severity: str = "p1") -> Iterator[Room]:
    world = World()
    object.__setattr__(world.domain, "team", Team.model_validate({"people": PEOPLE, "roles": {"devops": ["bruno"]}}))
    incident = world.declare(severity, title)
    run = world.run(incident.run_id)
    world.ask(lambda tx: call_people(world.domain, tx, run, ["bruno", "elisa"], Call("extra")))
    tokens = {}
    for alert in world.ask(lambda tx: tx.alerts.find(way=Way.PAGE, item="extra")):
        tokens[alert.person] = world.do(begin, alert.id, "words")[0].token
    kept = Kept(world)
    twilio = Twilio(httpx.AsyncClient(), base_url="https://twilio.test", own=Account("AC2", "own", "+15550101"))
    doors = Doors(Transactions(world.domain, cast(Database, kept)), twilio, PUBLIC, SECRET)
    yield Room(world, kept, Web(web_app(paging(doors))), tokens, incident.id)
    world.close()


@pytest.fixture
def room() -> Iterator[Room]:
    yield from opened()


@pytest.fixture
def secret() -> Iterator[Room]:
    yield from opened("Ransom note from Alice", "security")


def test_opening_a_link_only_shows_a_button(room: Room) -> None:
    link = f"/ack/{room.tokens['bruno']}"
    shown = [room.web.get(link), room.web.get(link), room.web.ask("HEAD", link)][0]
    assert (shown.status_code, room.who()) == (200, None)
    assert "Checkout &lt;b&gt;is&lt;/b&gt; down" in shown.text
    assert '<form method="post"><button type="submit">' in shown.text
    assert shown.headers["cache-control"] == "no-store"


def test_pressing_it_acknowledges_once(room: Room) -> None:
    link = f"/ack/{room.tokens['bruno']}"
    assert "Você assumiu o incidente 1." in room.web.post(link).text
    assert (room.who(), room.calls()[0].state) == ("U02BRUNO", CallState.ACKNOWLEDGED)
    again = room.web.post(link)
    assert "Bruno já assumiu o incidente 1." in again.text
    assert "<button" not in room.web.get(link).text
    assert room.world.kinds(1).count("incident.acknowledged") == 1


def test_a_link_that_was_used_does_not_acknowledge_what_was_handed_back(room: Room) -> None:
    link = f"/ack/{room.tokens['bruno']}"
    room.web.post(link)
    room.world.do(hand_back, BRUNO, room.number)
    assert "Isto já foi usado" in room.web.post(link).text
    assert room.who() is None


def test_a_digit_that_is_delivered_again_does_not_acknowledge_what_was_handed_back(room: Room) -> None:
    call = room.calls()[0].id
    room.twilio("digit", call, Digits="1")
    room.world.do(hand_back, BRUNO, room.number)
    assert "Isto já foi usado" in room.twilio("digit", call, Digits="1").text
    assert room.who() is None


def leaves(room: Room) -> None:
    """Bruno's account is deactivated after he was called."""
    room.world.ask(lambda tx: tx.members.add(Member(BRUNO.user, "T", "Bruno", "bruno@example.com", deleted=True)))


def test_who_has_left_can_neither_read_nor_acknowledge_by_link_or_digit(room: Room) -> None:
    leaves(room)
    link, call = f"/ack/{room.tokens['bruno']}", room.calls()[0]
    assert [room.web.get(link).status_code, room.web.post(link).status_code] == [404, 404]
    assert "Não há nada para assumir." in room.twilio("digit", call.id, Digits="1").text
    assert (room.who(), room.calls()[0].state) == (None, call.state)


def test_who_left_the_team_file_can_neither_read_nor_acknowledge(room: Room) -> None:
    object.__setattr__(room.world.domain, "team", Team.model_validate({"people": {}, "roles": {}}))
    link = f"/ack/{room.tokens['bruno']}"
    assert [room.web.get(link).status_code, room.web.post(link).status_code] == [404, 404]


def test_who_has_left_acknowledges_nothing_in_pagerduty(room: Room) -> None:
    leaves(room)
    room.world.do(answered_in_pagerduty, "neonops:incident:1", "bruno@example.com", "Bruno B.")
    assert (room.who(), room.world.kinds(1)[-1]) == (None, "page.answered")


@pytest.mark.parametrize("token", ["x", "%F0%9F%92%A5", "a" * 5000])
def test_a_token_that_is_none_shows_nothing(room: Room, token: str) -> None:
    assert room.web.get(f"/ack/{token}").status_code == 404
    assert room.web.post(f"/ack/{token}").status_code == 404


def test_a_link_is_good_for_a_day(room: Room) -> None:
    room.world.wait(hours=24)
    assert room.web.post(f"/ack/{room.tokens['bruno']}").status_code == 404
    assert room.who() is None


def test_only_the_hash_of_a_token_is_kept(room: Room) -> None:
    assert len(room.tokens["bruno"]) >= 32
    assert all(room.tokens["bruno"] not in repr(each) for each in room.calls())


def test_a_link_shows_no_title_of_a_confidential_incident(secret: Room) -> None:
    page = secret.web.get(f"/ack/{secret.tokens['bruno']}").text
    assert "Incident 1" in page
    assert "Ransom" not in page


def test_a_link_shows_nothing_that_looks_like_a_patients(room: Room) -> None:
    room.world.do(rename, BRUNO, room.number, "CPF 529.982.247-25 cannot sign in")
    assert "CPF ••• cannot sign in" in room.web.get(f"/ack/{room.tokens['bruno']}").text


def test_who_has_no_account_is_written_down_and_leads_nothing(room: Room) -> None:
    said = room.web.post(f"/ack/{room.tokens['elisa']}").text
    assert "Slack account is not known" in said
    assert (room.who(), room.world.kinds(1)[-1]) == (None, "page.answered")


def test_a_digit_acknowledges_and_silence_does_not(room: Room) -> None:
    call = room.calls()[0].id
    assert 'language="pt-BR"' in room.twilio("digit", call).text
    assert room.who() is None
    assert "Você assumiu o incidente 1." in room.twilio("digit", call, Digits="5").text
    assert room.who() == "U02BRUNO"


def test_how_far_a_call_came_is_told_by_its_status(room: Room) -> None:
    call = room.calls()[0].id
    assert room.twilio("status", call, CallStatus="completed").status_code == 204
    assert room.calls()[0].state is CallState.DELIVERED
    room.twilio("status", call, AnsweredBy="machine_start")
    assert (room.calls()[0].state, room.who()) == (CallState.FAILED, None)
    assert room.calls()[0].how == "voicemail answered"


@pytest.mark.parametrize("what", ["status", "digit"])
def test_what_twilio_did_not_sign_is_refused(room: Room, what: str) -> None:
    call = room.calls()[0].id
    assert room.twilio(what, call, token="own", Digits="1", CallStatus="completed").status_code == 401
    assert room.twilio(what, 999_999, Digits="1").status_code == 401
    assert room.web.post(f"/webhooks/twilio/{what}?call={call}", data={"Digits": "1"}).status_code == 401
    assert (room.who(), room.calls()[0].state) == (None, CallState.SENDING)


def test_an_acknowledgement_in_pagerduty_is_taken_once(room: Room) -> None:
    assert [room.pagerduty().status_code, room.pagerduty().status_code] == [202, 202]
    assert [each.payload["user"] for each in room.effects("pagerduty.answered")] == ["PX"]


@pytest.mark.parametrize(
    "event",
    [
        {"event_type": "incident.resolved"},
        {"agent": {"id": "P1", "type": "inbound_integration_reference"}},
        {"agent": None},
        {"data": {"incident_key": "somebody-elses"}},
        {"data": {}},
    ],
)
def test_all_else_that_pagerduty_tells_changes_nothing(room: Room, event: dict[str, Any]) -> None:
    assert room.pagerduty(**event).status_code == 202
    assert room.effects("pagerduty.answered") == []


def test_what_pagerduty_did_not_sign_is_refused(room: Room) -> None:
    assert room.pagerduty(secret="other").status_code == 401
    assert room.web.post("/webhooks/pagerduty", content=b"x").status_code == 401


def test_what_is_not_signed_is_counted_since_its_sender_gives_up_in_silence(room: Room) -> None:
    counter = UNSIGNED.labels("/webhooks/pagerduty")._value
    before = counter.get()
    room.pagerduty(secret="other")
    assert counter.get() == before + 1


def test_what_is_too_large_is_not_read(room: Room) -> None:
    assert room.web.post("/webhooks/pagerduty", content=b"x" * 300_000).status_code == 413


def test_while_the_database_is_away_everybody_is_asked_to_come_back(room: Room) -> None:
    room.kept.away = True
    assert room.pagerduty().status_code == 503
    assert room.web.post(f"/ack/{room.tokens['bruno']}").status_code == 503


@pytest.mark.parametrize("anew", ["handed back", "reopened"])
def test_who_is_called_again_is_called_anew_in_pagerduty(room: Room, anew: str) -> None:
    """An event of a key that is acknowledged there calls nobody, and a late end of a key would end what is new."""
    if anew == "handed back":
        room.web.post(f"/ack/{room.tokens['bruno']}")
        room.world.do(hand_back, BRUNO, room.number)
    else:
        room.world.do(resolve, BRUNO, room.number, "")
        room.world.do(reopen, BRUNO, room.number)
    room.world.do(call_people, room.world.run(1), ["bruno"], Call("anew"))
    (alert,) = room.world.ask(lambda tx: tx.alerts.find(way=Way.PAGE, item="anew"))
    keys = [notice.call.key for notice in room.world.do(begin, alert.id, "words")]
    assert keys == ["", "neonops:incident:1:again1"]


def test_who_acknowledged_in_pagerduty_leads_when_the_team_file_knows_them(room: Room) -> None:
    room.world.do(answered_in_pagerduty, "neonops:incident:1", "Bruno@Example.com", "Bruno B.")
    assert room.who() == "U02BRUNO"
    assert room.calls(key="neonops:incident:1")[0].state is CallState.ACKNOWLEDGED


def test_who_is_found_by_mail_alone_leads_too(room: Room) -> None:
    room.world.ask(lambda tx: tx.members.add(Member("U05ELISA", "T", "Elisa", "elisa@example.com")))
    room.world.do(answered_in_pagerduty, "neonops:incident:1", "elisa@example.com", "E")
    assert room.who() == "U05ELISA"


@pytest.mark.parametrize("email", [None, "", "stranger@example.com"])
def test_a_stranger_in_pagerduty_is_written_down_and_leads_nothing(room: Room, email: str | None) -> None:
    room.world.do(answered_in_pagerduty, "neonops:incident:1", email, "A Stranger")
    assert (room.who(), room.world.kinds(1)[-1]) == (None, "page.answered")


@pytest.mark.parametrize("which", ["room", "secret"])
def test_who_may_not_acknowledge_is_said_and_leads_nothing(which: str, request: pytest.FixtureRequest) -> None:
    asked: Room = request.getfixturevalue(which)
    asked.world.ask(lambda tx: tx.incidents.save(tx.incidents.get(1), channel="C9"))  # type: ignore[arg-type]
    people = {"fabio": {"name": "F", "email": "fabio@example.com", "slack": "U06FABIO"}}
    object.__setattr__(asked.world.domain, "team", Team.model_validate({"people": people, "roles": {}}))
    asked.world.do(answered_in_pagerduty, "neonops:incident:1", "fabio@example.com", "Fábio")
    assert (asked.who(), asked.world.kinds(1)[-1]) == (None, "page.answered")
    assert asked.world.said()[-1].startswith("Fábio acknowledged in PagerDuty, and may not acknowledge this incident")


def test_pagerduty_is_told_when_somebody_is_on_it_and_when_it_is_over(room: Room) -> None:
    room.web.post(f"/ack/{room.tokens['bruno']}")
    (told,) = [each for each in room.effects("pagerduty.settle") if each.payload["call"] == room.alert("bruno").id]
    assert (told.payload["action"], told.target) == ("acknowledge", f"page:{room.alert('bruno').id}")
