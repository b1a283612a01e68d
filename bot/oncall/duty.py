"""Who is called for a role now: by its rotation when it has one, whoever covers first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain import Domain
from bot.oncall.model import Cover
from bot.people.rotation import Rotation, Shift, on_call
from bot.ports import Tx


@dataclass(frozen=True)
class Order:
    """People in their order: the first ones are called together, each of the others when nobody was reached."""

    first: tuple[str, ...]
    then: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.first, *self.then)


def shift_of(tx: Tx, name: str, rotation: Rotation, at: datetime) -> Shift | None:
    """Who has a rotation at an instant."""
    return on_call(rotation, at, covers(tx, name))


def covers(tx: Tx, target: str) -> list[Shift]:
    """Who covers for a rotation or a level, as they were set."""
    found = tx.rows(Cover).find(target=target, order="id")
    return [Shift(each.person, each.starts_at, each.ends_at) for each in found]


def order_of(domain: Domain, tx: Tx, roles: Iterable[str], target: str = "") -> Order:
    """Who is called for roles now; `target` names a level that somebody may cover."""
    roles = tuple(roles)
    rotations = {name: each for name, each in domain.team.rotations.items() if each.role in roles}
    shifts = [(each, shift_of(tx, name, each, tx.now)) for name, each in rotations.items()]
    taken = {each.role for each, shift in shifts if shift}
    first = [shift.person for _, shift in shifts if shift]
    first += domain.team.holders(role for role in roles if role not in taken)
    then = [person for each, shift in shifts if shift for person in _after(each, shift)]
    covering = [each.person for each in covers(tx, target) if each.starts <= tx.now < each.ends][-1:] if target else []
    if covering:
        first, then = covering, [*first, *then]
    known = domain.team.people
    every = [each for each in dict.fromkeys((*first, *then, *domain.team.holders(roles))) if each in known]
    return Order(tuple(each for each in every if each in first), tuple(each for each in every if each not in first))


def _after(rotation: Rotation, shift: Shift) -> list[str]:
    """The others of a rotation, from whose turn comes next."""
    people = rotation.people
    whose = shift.covers or shift.person
    start = people.index(whose) + 1 if whose in people else 0
    return [*people[start:], *people[:start]]
