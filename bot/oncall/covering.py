"""Covering for others: somebody is on call until a time, for a rotation or a level."""

from datetime import datetime

from bot.domain import Domain
from bot.errors import Refusal
from bot.oncall.model import Cover
from bot.people import Actor, require
from bot.ports import Tx
from bot.text import listing, say


def cover(domain: Domain, tx: Tx, actor: Actor, user: str, until: datetime, word: str) -> Cover:
    """The user is called in place of whose turn it is, from now until then."""
    require(actor, "respond", domain.runbook, say("change who is on call"))
    person = next((name for name in domain.names_of(tx, user) if name in domain.team.people), None)
    if person is None:
        raise Refusal(say("<@{user}> is not in the team file: only who is there can be called.", user=user))
    made = tx.rows(Cover).add(Cover(0, _target(domain, word), person, tx.now, until, actor.user))
    name, target = domain.team.people[person].name, _words(made.target)
    tx.timeline.record("oncall.covered", actor, None, person=name, target=target, until=until.isoformat())
    return made


def _target(domain: Domain, word: str) -> str:
    """The rotation or level that is meant; without a word the only rotation."""
    rotations = domain.team.rotations
    levels = {str(each.level) for each in domain.runbook.escalation}
    meant = word.strip().lower().removeprefix("level").strip()
    if meant in levels:
        return f"level:{meant}"
    if word.strip() in rotations:
        return word.strip()
    if not word.strip() and len(rotations) == 1:
        return next(iter(rotations))
    known = listing([*rotations, *(say("level {level}", level=level) for level in sorted(levels))])
    raise Refusal(say("Which rotation or level? Write one of these at the end: {known}.", known=known))


def _words(target: str) -> str:
    return say("level {level}", level=target.removeprefix("level:")) if target.startswith("level:") else target
