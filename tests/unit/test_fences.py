"""What a replica writes that was away: nothing, when another has tried after it. And who may be a replica at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from domain_world import World

from bot.app.waker import open_waker
from bot.delivery import Delivered, claim, conclude, give_up, put_off
from bot.domain import Domain
from bot.effects import Effect
from bot.errors import Refusal
from bot.machine.clock import SystemClock
from bot.ports import Tx
from bot.settings import fixed_settings
from bot.waking import Alone
from handlers.slack.cards.publisher import _posted
from handlers.slack.cards.refusals import refused
from handlers.slack.client.api import Refused
from storage.database import SqlDatabase

LATE: dict[str, Callable[[World, Effect], Any]] = {
    "done": lambda world, late: world.do(conclude, late, Delivered({"ts": "1"}, lambda _, tx: tx.wake("run", 99))),
    "to be tried again": lambda world, late: world.do(put_off, late, "no answer", 60),
    "given up": lambda world, late: world.do(give_up, late, "refused"),
}


def tried(world: World) -> Effect:
    """The same effect is tried by one replica, and then by another."""
    world.ask(lambda tx: tx.effects.plan("say", "somewhere", {}))
    first = world.do(claim, "somewhere")
    assert first
    world.do(claim, "somewhere")
    return first


@pytest.mark.parametrize("word", LATE)
def test_a_late_outcome_of_an_effect_is_not_written(word: str, world: World) -> None:
    late = tried(world)
    LATE[word](world, late)
    woken = list(world.woken)
    now = world.ask(lambda tx: tx.effects.get(late.seq))
    assert now
    assert (now.state, now.attempts, now.error, woken) == ("sending", 2, None, [])


@pytest.mark.parametrize("word", LATE)
def test_the_outcome_of_the_last_try_is_written(word: str, world: World) -> None:
    late = tried(world)
    last = world.ask(lambda tx: tx.effects.get(late.seq))
    assert last
    LATE[word](world, last)
    assert world.ask(lambda tx: tx.effects.get(late.seq)) != last


@pytest.mark.parametrize(
    "write",
    [
        lambda domain, tx, card: _posted(domain, tx, card, "1.2", 1),
        lambda domain, tx, card: refused(domain, tx, card, Refused("message_not_found")),
        lambda domain, tx, card: refused(domain, tx, card, Refused("channel_not_found")),
        lambda domain, tx, card: refused(domain, tx, card, Refused("invalid_blocks")),
    ],
)
def test_a_card_that_another_has_posted_stays_where_it_stands(
    write: Callable[[Domain, Tx, Any], None], world: World
) -> None:
    world.declare()
    card = world.ask(lambda tx: tx.cards.find(limit=1)[0])
    stands = world.ask(lambda tx: tx.cards.save(card, ts="1.1", channel="C1"))
    world.do(write, card)
    assert world.ask(lambda tx: tx.cards.get(card.id)) == stands


def test_one_process_alone_needs_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    database = SqlDatabase(url, SystemClock(), str)
    assert isinstance(open_waker(fixed_settings({"NEONOPS_DATABASE_URL": url}), database), Alone)
    database.close()


def test_replicas_on_sqlite_are_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    database = SqlDatabase(url, SystemClock(), str)
    with pytest.raises(Refusal, match="NEONOPS_CLUSTER needs PostgreSQL"):
        open_waker(fixed_settings({"NEONOPS_DATABASE_URL": url, "NEONOPS_CLUSTER": "true"}), database)
    database.close()
