"""Pages: each is sent once; what may have been sent is not sent again, whoever takes it over."""

import asyncio
from collections.abc import Callable
from typing import TypeVar, cast

import pytest
from domain_world import ALICE, NOON, World

from bot.alerts.calling import call_people
from bot.alerts.model import Alert, AlertState, Call, Way
from bot.delivery import claim, conclude
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.incidents.acknowledge import acknowledge
from bot.incidents.rename import rename
from bot.integrations.paging.client import PageOutcome, may_have_been_sent
from bot.paging.hearing import heard, judged
from bot.paging.model import CallState, PagerCall, further
from bot.paging.notices import Notice
from bot.paging.pager import Send, page_deliverer
from bot.people import Team
from bot.ports import Database, Tx
from bot.waking import Superseded

T = TypeVar("T")
SENT, REFUSED = PageOutcome("json", True), PageOutcome("json", False, "error 403")
UNSURE = PageOutcome("json", False, "no answer", unsure=True)


class Kept:
    """The world's database as the transactions asks it."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def read(self, work: Callable[[Tx], T]) -> T:
        return self._world.ask(work)

    write = read


class Pagers:
    """Answers in this order, and keeps what it was asked for."""

    def __init__(self, *answers: PageOutcome) -> None:
        self.answers, self.asked = list(answers), list[str]()

    async def __call__(self, notice: Notice) -> PageOutcome:
        self.asked.append(notice.address)
        return self.answers.pop(0)


class Lost:
    """A lease that another replica has."""

    heartbeat = None

    async def hold(self) -> None:
        raise Superseded


@pytest.fixture
def bruno(world: World) -> Effect:
    """Bruno is to be paged."""
    people = {"bruno": {"name": "Bruno", "slack": "U02BRUNO", "page": ["json://a", "json://b"]}}
    object.__setattr__(world.domain, "team", Team.model_validate({"people": people, "roles": {"devops": ["bruno"]}}))
    run = world.run(world.declare().run_id)
    world.ask(lambda tx: call_people(world.domain, tx, run, ["bruno"], Call("alert")))
    return world.ask(lambda tx: tx.effects.find(kind="page"))[0]


def deliver(world: World, effect: Effect, pagers: Send, lease: Lost | None = None) -> Alert:
    """Deliver the page once more; what is known of it then."""
    claimed = world.do(claim, effect.target)
    assert claimed
    work = page_deliverer(Transactions(world.domain, cast(Database, Kept(world))), lease, pagers, (0.0, 0.0))
    world.do(conclude, claimed, asyncio.run(work(claimed)))  # type: ignore[arg-type]
    return row(world)


def row(world: World) -> Alert:
    return world.ask(lambda tx: tx.alerts.find(way=Way.PAGE))[0]


def test_one_pager_that_answers_is_enough_and_no_other_is_called_again(world: World, bruno: Effect) -> None:
    pagers = Pagers(REFUSED, SENT)
    alert = deliver(world, bruno, pagers)
    assert (alert.state, alert.how, len(pagers.asked)) == (AlertState.REACHED, "json", 2)


def test_only_pagers_that_certainly_were_not_called_are_called_again(world: World, bruno: Effect) -> None:
    pagers = Pagers(REFUSED, UNSURE, REFUSED, SENT)
    assert deliver(world, bruno, pagers).state is AlertState.REACHED
    assert pagers.asked == ["json://a", "json://b", "json://a", "json://a"]


def test_what_may_have_been_sent_is_its_own_outcome(world: World, bruno: Effect) -> None:
    pagers = Pagers(UNSURE, UNSURE)
    alert = deliver(world, bruno, pagers)
    assert (alert.state, len(pagers.asked)) == (AlertState.UNSURE, 2)


def test_other_firms_are_told_nothing_that_looks_like_a_patients(world: World, bruno: Effect) -> None:
    said: list[str] = []

    async def send(notice: Notice) -> PageOutcome:
        said.append(notice.words)
        return SENT

    world.do(rename, ALICE, 1, "CPF 529.982.247-25 sees the record of maria@example.com")
    deliver(world, bruno, send)
    assert said == ["CPF ••• sees the record of •••"] * 2


def test_a_page_that_was_begun_is_never_begun_again(world: World, bruno: Effect) -> None:
    begun = row(world)
    world.ask(lambda tx: tx.alerts.save(begun, state=AlertState.SENDING))
    pagers = Pagers()
    assert deliver(world, bruno, pagers).state is AlertState.UNSURE
    assert pagers.asked == []


def test_who_lost_the_lease_pages_nobody(world: World, bruno: Effect) -> None:
    pagers = Pagers(SENT, SENT)
    with pytest.raises(asyncio.CancelledError):
        deliver(world, bruno, pagers, Lost())
    assert (pagers.asked, row(world).state) == ([], AlertState.ASKED)


def test_a_defect_of_ours_leaves_it_unknown_and_loses_nothing(world: World, bruno: Effect) -> None:
    pagers = Pagers(SENT)
    assert deliver(world, bruno, pagers).state is AlertState.REACHED
    assert [each.state for each in calls(world)] == [CallState.SENT, CallState.UNSURE]


def calls(world: World) -> list[PagerCall]:
    return world.ask(lambda tx: tx.rows(PagerCall).find(order="id"))


def test_each_address_is_written_down_before_it_is_called_and_only_its_scheme(world: World, bruno: Effect) -> None:
    async def stopped(notice: Notice) -> PageOutcome:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(world, bruno, stopped)
    assert [(each.scheme, each.number, each.state) for each in calls(world)] == [
        ("json", 0, CallState.SENDING),
        ("json", 1, CallState.SENDING),
    ]
    assert deliver(world, bruno, Pagers()).state is AlertState.UNSURE
    assert {each.state for each in calls(world)} == {CallState.UNSURE}


def test_what_a_service_says_later_reaches_the_alert(world: World, bruno: Effect) -> None:
    deliver(world, bruno, Pagers(SENT, REFUSED))
    world.do(heard, calls(world)[0].id, CallState.DELIVERED)
    assert (row(world).state, row(world).delivered_at) == (AlertState.REACHED, world.now)
    assert world.kinds(row(world).run_id)[-1] == "page.delivered"


def test_a_call_that_fails_later_has_the_next_ones_called(world: World, bruno: Effect) -> None:
    deliver(world, bruno, Pagers(SENT, REFUSED))
    world.do(heard, calls(world)[0].id, CallState.FAILED, "nobody answered")
    assert (row(world).state, row(world).how) == (AlertState.UNREACHED, "json: nobody answered; json: error 403")


def test_a_call_that_fails_when_somebody_is_on_it_calls_nobody_else(world: World, bruno: Effect) -> None:
    deliver(world, bruno, Pagers(SENT, REFUSED))
    world.do(acknowledge, ALICE, 1)
    world.ask(lambda tx: [tx.alerts.save(each, state=AlertState.UNREACHED) for each in tx.alerts.find(way=Way.MESSAGE)])
    world.do(heard, calls(world)[0].id, CallState.FAILED, "nobody answered")
    assert "nobody.reached" not in world.kinds(row(world).run_id)


def test_an_answer_that_comes_before_we_know_that_it_was_sent_is_kept(world: World, bruno: Effect) -> None:
    async def early(notice: Notice) -> PageOutcome:
        world.do(heard, notice.call.id, CallState.DELIVERED)
        return SENT

    assert deliver(world, bruno, early).delivered_at == world.now


@pytest.mark.parametrize(
    ("known", "heard", "then"),
    [
        (CallState.SENDING, CallState.SENT, CallState.SENT),
        (CallState.UNSURE, CallState.DELIVERED, CallState.DELIVERED),
        (CallState.DELIVERED, CallState.SENT, CallState.DELIVERED),
        (CallState.FAILED, CallState.DELIVERED, CallState.FAILED),
        (CallState.ACKNOWLEDGED, CallState.FAILED, CallState.ACKNOWLEDGED),
    ],
)
def test_news_that_comes_late_takes_nothing_back(known: CallState, heard: CallState, then: CallState) -> None:
    assert further(known, heard) is then


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ("sent failed", AlertState.REACHED),
        ("acknowledged unsure", AlertState.REACHED),
        ("unsure failed", AlertState.UNSURE),
        ("failed failed", AlertState.UNREACHED),
    ],
)
def test_a_persons_addresses_are_judged_together(states: str, state: AlertState) -> None:
    rows = [PagerCall(0, 1, number, "json", NOON, CallState(name)) for number, name in enumerate(states.split())]
    assert judged(rows)[0] is state


@pytest.mark.parametrize(
    ("said", "unsure"),
    [
        ("HTTPConnectionPool(host='p', port=80): Read timed out. (read timeout=4.0)", True),
        ("('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))", True),
        ("('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))", True),
        ("Failed to send JSON notification: Bad Gateway., error=502.", True),
        ("Failed to send JSON notification: Unauthorized., error=401.", False),
        ("Failed to send JSON notification: Internal Server Error., error=500.", False),
        ("Max retries exceeded (Caused by NewConnectionError('Failed to establish a new connection'))", False),
        ("(Caused by NameResolutionError(\"Failed to resolve 'p' (Name or service not known)\"))", False),
        ("(Caused by ConnectTimeoutError('Connection to p timed out. (connect timeout=4.0)'))", False),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", False),
        ("", False),
    ],
)
def test_how_a_connection_ended_tells_whether_it_may_have_been_sent(said: str, unsure: bool) -> None:
    assert may_have_been_sent([said]) is unsure
