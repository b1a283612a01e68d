"""Which users of Slack are one human: by the team file and by e-mail address, never by the Slack id alone."""

import re

from bot.domain import Domain
from bot.people import Member, absence
from bot.ports import Tx

_TAG = re.compile(r"\+[^@]*(?=@)")


def same_person(domain: Domain, tx: Tx, one: str, other: str) -> bool:
    """Whether two users are one human: one user, one entry of the team file, or one e-mail address behind both."""
    return one == other or bool(_names(domain, tx, one) & _names(domain, tx, other))


def keys_of(domain: Domain, tx: Tx, user: str) -> frozenset[str]:
    """Every entry of the team file that is this human's."""
    return frozenset(key for kind, key in _names(domain, tx, user) if kind == "key")


def absences(domain: Domain, tx: Tx) -> dict[str, str]:
    """Entries of the team file whose account is known to count for nothing, and why: deactivated, a guest …"""
    emails = tuple(person.email for person in domain.team.people.values() if person.email and not person.slack)
    found = [*_accounts(domain, tx), *(tx.members.find(email=emails) if emails else ())]
    absent = {domain.team.key_of(slack=each.user, email=each.email): absence(each) for each in found}
    return {key: why for key, why in absent.items() if key and why}


def _accounts(domain: Domain, tx: Tx) -> list[Member]:
    """The members whom the team file names by their Slack id, as far as Slack was asked about them."""
    ids = tuple(person.slack for person in domain.team.people.values() if person.slack)
    return tx.members.find(user=ids) if ids else []


def _names(domain: Domain, tx: Tx, user: str) -> set[tuple[str, str]]:
    """All that names the human: keys of the team file and e-mail addresses, each of which may lead to more."""
    member, emails = tx.members.get(user), {each.user: each.email for each in _accounts(domain, tx)}
    names = {("user", user)} | _address(member.email if member else None)
    while more := _of_entries(domain, emails, names) - names:
        names |= more
    return names - {("user", user)}


def _of_entries(domain: Domain, emails: dict[str, str | None], names: set[tuple[str, str]]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for key, person in domain.team.people.items():
        mine = {("key", key)} | _address(person.email) | _address(emails.get(person.slack or ""))
        if mine & names or ("user", person.slack) in names:
            found |= mine
    return found


def _address(email: str | None) -> set[tuple[str, str]]:
    """An e-mail address as it is compared: `Ana+admin@example.com` is `ana@example.com`."""
    return {("email", _TAG.sub("", email.strip().casefold()))} if email else set()
