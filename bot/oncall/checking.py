"""Checking the contacts: everybody is sent a message with a button, and who answers by when is kept."""

from datetime import timedelta

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects import Timer
from bot.effects.outgoing import text_message
from bot.errors import Refusal
from bot.oncall.model import CheckRef, ContactCheck
from bot.people import ROBOT, Actor, require
from bot.ports import Tx
from bot.text import listing, plural, say, span

ANSWER_WITHIN = timedelta(hours=24)
AGAIN_AFTER = timedelta(minutes=10)
"""How long nobody is asked again."""
KIND = "contacts"
"""The kind of the timer that ends a check."""


def verify(domain: Domain, tx: Tx, actor: Actor) -> tuple[ContactCheck, ...]:
    """Ask everybody of the team file who holds a role or is in a rotation."""
    require(actor, "respond", domain.runbook, say("check the contacts"))
    people = _people(domain)
    if not people:
        raise Refusal(say("Nobody was asked: nobody of the team file holds a role."))
    last = latest(tx)
    if last and tx.now - last[0].asked_at < AGAIN_AFTER:
        raise Refusal(say("Nobody was asked: everybody was {time} ago. `/oncall` shows who has answered.",
                          time=span(tx.now - last[0].asked_at)))  # fmt: skip
    number = last[0].round + 1 if last else 1
    due = tx.now + ANSWER_WITHIN
    made = [tx.rows(ContactCheck).add(ContactCheck(0, number, each, actor.user, tx.now, due)) for each in people]
    for check in made:
        tx.effects.plan("contact.check", f"contact:{check.id}", {"check": check.id})
    tx.timers.set(KIND, str(number), due, None)
    tx.timeline.record("contacts.asked", actor, None, people=[domain.team.people[each].name for each in people])
    return tuple(made)


def _people(domain: Domain) -> list[str]:
    named = [*domain.team.roles.values(), *(each.people for each in domain.team.rotations.values())]
    wanted = {person for people in named for person in people}
    return [each for each in domain.team.people if each in wanted]


def latest(tx: Tx) -> tuple[ContactCheck, ...]:
    """The last check, person by person."""
    newest = tx.rows(ContactCheck).find(order="-round", limit=1)
    return tuple(tx.rows(ContactCheck).find(round=newest[0].round, order="id")) if newest else ()


def asked(domain: Domain, tx: Tx, check_id: int, failure: str) -> None:
    """The message was posted, or cannot be (`failure`)."""
    check = tx.rows(ContactCheck).get(check_id)
    if check and check.open:
        sent = {"failure": failure} if failure else {"sent_at": tx.now}
        tx.rows(ContactCheck).save(check, **sent)
        _end(domain, tx, check.round)


def answer(domain: Domain, tx: Tx, actor: Actor, ref: CheckRef) -> ContactCheck:
    """Somebody says that the message reached them: only they can."""
    check = tx.rows(ContactCheck).get(ref.check_id)
    if check is None or check.person not in domain.names_of(tx, actor.user):
        raise Refusal(say("This question was for somebody else: only they can answer it."))
    if check.answered_at:
        return check
    done = tx.rows(ContactCheck).save(check, answered_at=tx.now, failure="")
    tx.timeline.record("contacts.answered", actor, None, asked_at=check.asked_at.isoformat())
    _end(domain, tx, check.round)
    return done


def _end(domain: Domain, tx: Tx, number: int) -> None:
    """Tell the result as soon as it is known of everybody."""
    if not any(each.open for each in tx.rows(ContactCheck).find(round=number)):
        _tell(domain, tx, number)


def time_is_up(domain: Domain, tx: Tx, timer: Timer) -> None:
    """Whoever has not answered by now is named."""
    _tell(domain, tx, int(timer.key))


def _tell(domain: Domain, tx: Tx, number: int) -> None:
    """Tell the team the result, once a check."""
    checks = tx.rows(ContactCheck).find(round=number, order="id")
    if not checks or not tx.claims.claim(f"contacts:{number}:{checks[0].asked_at.isoformat()}"):
        return
    for timer in tx.timers.find(kind=KIND, key=str(number), state="pending"):
        tx.timers.save(timer, state="cancelled")
    words = result_words(domain, tuple(checks))
    tx.timeline.record("contacts.checked", ROBOT, None, words=words)
    plan_message(tx, text_message("devops", checks[0].by, text=words), f"contacts:{number}")


def result_words(domain: Domain, checks: tuple[ContactCheck, ...]) -> str:
    """`5 of 7 people answered the contact check. No answer: …. Not reached: … (is deactivated in Slack).`"""
    answered = sum(1 for each in checks if each.answered_at)
    silent = [_name(domain, each.person) for each in checks if each.open]
    failed = [f"{_name(domain, each.person)} ({each.failure})" for each in checks if each.failure]
    parts = [
        plural("{answered} of {count} person answered the contact check.",
               "{answered} of {count} people answered the contact check.", len(checks), answered=answered),
        say("No answer: {people}.", people=listing(silent, most=20)) if silent else "",
        say("Not reached: {people}.", people=listing(failed, most=20)) if failed else "",
    ]  # fmt: skip
    return " ".join(part for part in parts if part)


def _name(domain: Domain, person: str) -> str:
    known = domain.team.people.get(person)
    return known.name if known else person


TIMERS = {KIND: time_is_up}
