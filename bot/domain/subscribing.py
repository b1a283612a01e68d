"""Subscriptions: which functions hear which event, and the tables of several areas joined into one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from bot.domain import Domain, Subscriber, Subscribers
from bot.events import Event
from bot.ports import Tx

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Subscription:
    """The functions of one area that hear an event, in their order."""

    event: type[Event]
    subscribers: tuple[Subscriber, ...]


def on(event: type[E], *subscribers: Callable[[Domain, Tx, E], object]) -> Subscription:
    """These functions hear the event."""
    return Subscription(event, subscribers)


def joined(areas: Iterable[Iterable[Subscription]]) -> Subscribers:
    """One table: for each event the subscribers of the first area, then those of the next."""
    table: dict[type[Event], tuple[Subscriber, ...]] = {}
    for area in areas:
        for each in area:
            table[each.event] = (*table.get(each.event, ()), *each.subscribers)
    return table
