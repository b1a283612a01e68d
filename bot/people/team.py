"""The team: people, the roles that they hold, and channels, as the team file names them."""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from bot.people.rotation import Rotation
from bot.text import say


def _email(value: str) -> str:
    value = value.strip()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise ValueError(say("write an address such as alice@example.com"))
    return value


def _member(value: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]+", value):
        raise ValueError(say("write a member's id such as U01ALICE (in Slack: Profile, Copy member ID)"))
    return value


def _channel(value: str) -> str:
    if not re.fullmatch(r"[CG][A-Z0-9]+", value):
        raise ValueError(say("write a channel's id such as C01GENERAL (in Slack: the channel's name, at the end)"))
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TeamPerson(_Strict):
    """A person of the team file; without `slack` the person is found by e-mail."""

    name: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    email: Annotated[str, AfterValidator(_email)] | None = None
    slack: Annotated[str, AfterValidator(_member)] | None = None
    page: tuple[str, ...] = ()
    locale: str = ""
    """The language that they read, such as `pt-BR`; empty = the team's."""


class Team(_Strict):
    """The team file: people by short name, roles, channels, rotations."""

    people: dict[str, TeamPerson] = {}
    roles: dict[str, tuple[str, ...]] = {}
    channels: dict[str, Annotated[str, AfterValidator(_channel)]] = {}
    rotations: dict[str, Rotation] = {}

    def key_of(self, *, slack: str, email: str | None = None) -> str | None:
        """The short name of the person with this Slack id or, failing that, this e-mail address."""
        for key, person in self.people.items():
            if person.slack == slack:
                return key
        return self._by_email(email) if email else None

    def _by_email(self, email: str) -> str | None:
        wanted = email.casefold()
        return next(
            (k for k, p in self.people.items() if p.slack is None and (p.email or "").casefold() == wanted), None
        )

    def roles_of(self, key: str | None) -> frozenset[str]:
        """The roles that a person holds."""
        return frozenset(role for role, holders in self.roles.items() if key is not None and key in holders)

    def holders(self, roles: Iterable[str]) -> tuple[str, ...]:
        """The short names of all who hold one of the roles, in the order of the file, each once."""
        return tuple(dict.fromkeys(key for role in roles for key in self.roles.get(role, ())))
