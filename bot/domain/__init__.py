"""What every transaction knows beside the database: the runbook in force, archived ones, the team, the zone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from bot.events import Event
from bot.people import Actor, Member, Team
from bot.ports import Tx
from bot.runbook.load import Loaded, parse
from bot.runbook.model import Procedure, Runbook
from bot.runbook.translation import in_words_of
from bot.runs.kind import Kinds
from bot.runs.model import Run
from bot.text.values import reader_now

Subscriber = Callable[["Domain", Tx, Any], object]
Subscribers = Mapping[type[Event], tuple[Subscriber, ...]]


@dataclass(frozen=True)
class Domain:
    """The team's data, read once at start."""

    loaded: Loaded
    team: Team
    zone: ZoneInfo
    env: Mapping[str, str]
    subscribers: Subscribers = field(repr=False)
    """Who hears what is published, in the order in which they are called."""
    kinds: Kinds = field(repr=False)
    """The kinds of run that there are."""
    team_version: str = ""
    """The first 12 hexadecimal digits of the SHA-256 of the team file; empty without one."""
    remarks: tuple[str, ...] = ()
    """What the files say that nothing knows, or that is doubtful; it did not keep them from being used."""
    open_to_commands: str = ""
    """Why commands of the runbook can reach what the bot can; empty when they cannot."""
    _library: dict[str, Runbook] = field(default_factory=dict, repr=False)
    _translated: dict[tuple[str, str], Runbook] = field(default_factory=dict, repr=False)
    """By version and language."""

    @property
    def runbook(self) -> Runbook:
        """The runbook in force, in the language of who reads it here."""
        return self._said(self.loaded.version, self.loaded.runbook)

    def runbook_of(self, tx: Tx, run: Run) -> Runbook:
        """The runbook that the run started with, on which it finishes; in the language of who reads it here."""
        if run.runbook_version == self.loaded.version:
            return self.runbook
        if run.runbook_version not in self._library:
            archived = tx.runbooks.text(run.runbook_version)
            assert archived, f"runbook {run.runbook_version} was kept when run {run.id} started"
            text, source = archived
            self._library[run.runbook_version] = parse(text, source=source, env=self.env, checked=False).runbook
        return self._said(run.runbook_version, self._library[run.runbook_version])

    def _said(self, version: str, runbook: Runbook) -> Runbook:
        """English readers have it as it is written."""
        locale = reader_now().locale
        if locale.startswith("en"):
            return runbook
        if (version, locale) not in self._translated:
            self._translated[version, locale] = in_words_of(runbook, locale)
        return self._translated[version, locale]

    def procedure_of(self, tx: Tx, run: Run) -> Procedure:
        """The procedure that the run executes."""
        return self.runbook_of(tx, run).procedure(run.procedure)

    def publish(self, tx: Tx, event: Event) -> None:
        """Have the event heard now, in this transaction; what a subscriber raises takes the transaction back."""
        for subscriber in self.subscribers.get(type(event), ()):
            subscriber(self, tx, event)

    def names_of(self, tx: Tx, user: str) -> tuple[str, ...]:
        """How rows of people name a user: by id, or by the short name of the team file."""
        member = tx.members.get(user)
        key = self.team.key_of(slack=user, email=member.email if member else None)
        return (user, key) if key else (user,)

    def user_of(self, tx: Tx, person: str) -> str | None:
        """The Slack user of somebody of the team file; None when nobody has met them."""
        known = self.team.people.get(person)
        if known is None or known.slack:
            return known.slack if known else None
        members = tx.members.find(email=known.email) if known.email else []
        return next((member.user for member in members), None)

    def actor(self, member: Member) -> Actor:
        """A member with the roles that the team file gives."""
        key = self.team.key_of(slack=member.user, email=member.email)
        person = self.team.people.get(key or "")
        return Actor(
            member.user,
            person.name if person else member.name,
            self.team.roles_of(key),
            person.locale if person else "",
        )
