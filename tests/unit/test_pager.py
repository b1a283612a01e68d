"""Pages: each is sent once; what may have been sent is not sent again, whoever takes it over."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import pytest
from domain_world import World

from bot.alerts.calling import call_people
from bot.alerts.model import Alert, AlertState, Call, Way
from bot.alerts.pager import judged, page_deliverer
from bot.delivery import claim, conclude
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.integrations.paging.client import PageOutcome, may_have_been_sent
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
        self.answers, self.asked = list(answers), list[list[str]]()

    async def __call__(self, urls: Sequence[str], title: str, body: str) -> list[PageOutcome]:
        self.asked.append(list(urls))
        return [self.answers.pop(0) for _ in urls]


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


def deliver(world: World, effect: Effect, pagers: Pagers, lease: Lost | None = None) -> Alert:
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
    assert (alert.state, alert.how, len(pagers.asked)) == (AlertState.REACHED, "json", 1)


def test_only_pagers_that_certainly_were_not_called_are_called_again(world: World, bruno: Effect) -> None:
    pagers = Pagers(REFUSED, UNSURE, REFUSED, SENT)
    assert deliver(world, bruno, pagers).state is AlertState.REACHED
    assert pagers.asked == [["json://a", "json://b"], ["json://a"], ["json://a"]]


def test_what_may_have_been_sent_is_its_own_outcome(world: World, bruno: Effect) -> None:
    pagers = Pagers(UNSURE, UNSURE)
    alert = deliver(world, bruno, pagers)
    assert (alert.state, len(pagers.asked)) == (AlertState.UNSURE, 1)


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


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([SENT, REFUSED], AlertState.REACHED),
        ([SENT, UNSURE], AlertState.REACHED),
        ([UNSURE, REFUSED], AlertState.UNSURE),
        ([REFUSED, REFUSED], AlertState.UNREACHED),
    ],
)
def test_a_persons_pagers_are_judged_together(outcomes: list[PageOutcome], state: AlertState) -> None:
    assert judged(outcomes)[0] is state


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
