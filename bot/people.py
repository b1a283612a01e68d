"""Who is who: the team file, members of the workspace, and what each may do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from bot.errors import Refusal
from bot.runbook.model import Runbook
from bot.text import listing, say

BOT = "neonops"
"""The actor of what the bot does by itself."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TeamPerson(_Strict):
    """A person of the team file; without `slack` the person is found by e-mail."""

    name: str
    email: str | None = None
    slack: Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")] | None = None
    page: tuple[str, ...] = ()
    locale: str = "en"


class Team(_Strict):
    """The team file: people by short name, roles, channels."""

    people: dict[str, TeamPerson] = {}
    roles: dict[str, tuple[str, ...]] = {}
    channels: dict[str, Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]+$")]] = {}

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


@dataclass(frozen=True)
class Member:
    """A user of the workspace as Slack describes them, cached in the database."""

    user: str
    team: str
    name: str
    email: str | None = None
    guest: bool = False
    outsider: bool = False
    bot: bool = False
    deleted: bool = False
    """Whether the account is deactivated."""


@dataclass(frozen=True)
class Actor:
    """Who acts: a Slack user, the name to show, and the roles that count."""

    user: str
    name: str
    roles: frozenset[str] = frozenset()
    locale: str = "en"

    def may(self, permission: str, runbook: Runbook) -> bool:
        """Whether one of the actor's roles has the permission in the runbook's table."""
        return bool(self.roles & set(runbook.permissions.get(permission, ())))  # type: ignore[call-overload]


ROBOT = Actor(BOT, "NeonOps")


def require(actor: Actor, permission: str, runbook: Runbook, deed: str) -> None:
    """Raise a Refusal when the actor may not do the deed: `deploy`, `approve a deploy`, `tick items` …"""
    if actor.may(permission, runbook):
        return
    roles: tuple[str, ...] = runbook.permissions.get(permission, ())  # type: ignore[call-overload]
    words = listing([role.replace("_", " ") for role in roles], most=8).replace(" and ", " or ")
    raise Refusal(
        say("You may not {deed}: that takes the role {roles}.", deed=deed, roles=words or "that nobody has yet")
    )


def check_member(member: Member) -> None:
    """Raise a Refusal for guests, bots and people of other workspaces: they can do nothing here."""
    if member.guest:
        raise Refusal(say("Guests of the workspace cannot use NeonOps. Ask a member of the team to do it."))
    if absence(member):
        raise Refusal(say("Only members of this workspace can use NeonOps."))


def absence(member: Member) -> str:
    """Why somebody who was looked up counts for nothing here, after their name; empty for a full member."""
    if member.deleted:
        return say("is deactivated in Slack")
    if member.guest:
        return say("is a guest of the workspace")
    if member.outsider:
        return say("belongs to another workspace")
    return say("is a bot") if member.bot else ""


def load_team(path: Path | None) -> Team:
    """Read the team file; no path = a team of nobody.

    Raises:
        Refusal: one sentence that names the file, the field and what is wrong.
    """
    if path is None:
        return Team()
    try:
        data = yaml.safe_load(path.read_text("utf-8")) or {}
        team = Team.model_validate(data)
    except OSError as error:
        raise Refusal(say("The team file {path} cannot be read: {why}.", path=path, why=error.strerror)) from error
    except yaml.YAMLError as error:
        raise Refusal(
            say("The team file {path} is not YAML: {why}", path=path, why=str(error).replace("\n", " "))
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise Refusal(
            say("The team file {path} is wrong at {where}: {why}.", path=path, where=where, why=first["msg"])
        ) from error
    _check_roles(team, path)
    return team


def _check_roles(team: Team, path: Path) -> None:
    for role, holders in team.roles.items():
        strangers: Mapping[str, None] = dict.fromkeys(key for key in holders if key not in team.people)
        if strangers:
            raise Refusal(
                say(
                    "The team file {path} gives the role {role} to {who}, not in people.",
                    path=path,
                    role=role,
                    who=listing(list(strangers)),
                )
            )
