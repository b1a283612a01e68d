"""Whether the word of somebody who asked, approved or confirmed earlier still counts when it is acted on."""

from dataclasses import dataclass

from bot.domain import Domain
from bot.people import BOT, Actor, Member, absence
from bot.ports import Tx
from bot.text import say


@dataclass(frozen=True)
class Counts:
    """It counts."""


@dataclass(frozen=True)
class Lost:
    """It does not count any more. `why` follows the person's name: `is deactivated in Slack`."""

    why: str


@dataclass(frozen=True)
class NotKnown:
    """Slack has not answered yet who this is: it is asked again by itself."""


Standing = Counts | Lost | NotKnown


def standing(domain: Domain, tx: Tx, user: str, operation: str, *permissions: str) -> Standing:
    """How the user stands now, by the runbook and the team file in force; one of the permissions is enough.

    `operation` is what they take: `approve deploys`.
    """
    if user == BOT:
        return Counts()
    member = tx.members.get(user)
    if member is not None and (gone := absence(member)):
        return Lost(gone)
    if member is None and domain.team.key_of(slack=user) is None:
        return NotKnown()
    actor = domain.actor(member or Member(user, "", user))
    if not any(actor.may(each, domain.runbook) for each in permissions):
        return Lost(say("may no longer {operation}", operation=operation))
    return NotKnown() if member is None else Counts()


def lost(domain: Domain, tx: Tx, user: str, operation: str, *permissions: str) -> str:
    """Why the user's word does not count any more, after their name; empty when it does, or nothing else is known."""
    found = standing(domain, tx, user, operation, *permissions)
    return found.why if isinstance(found, Lost) else ""


def actor_of(domain: Domain, tx: Tx, user: str) -> Actor:
    """A user with the name that is known of them and the roles that they hold now: none when they are gone."""
    member = tx.members.get(user) or Member(user, "", user)
    return Actor(user, member.name) if absence(member) else domain.actor(member)
