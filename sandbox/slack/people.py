"""The people of the practice workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

HOME_TEAM = "T0PRACTICE"
_COLORS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c", "5b89d5", "2b6836")


@dataclass(frozen=True)
class Person:
    """A member of the workspace, or with another `team_id` an outsider of a shared channel.

    `id` is a Slack user id (`U…`), `name` what others type after an @, `tz` an IANA zone; `roles` are only shown on the
    practice page.
    """

    id: str
    name: str
    real_name: str = ""
    email: str = ""
    title: str = ""
    tz: str = "America/Sao_Paulo"
    locale: str = "en-US"
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False
    team_id: str = HOME_TEAM
    is_admin: bool = False
    roles: tuple[str, ...] = ()
    is_bot: bool = False

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted

    @property
    def is_outsider(self) -> bool:
        return self.team_id != HOME_TEAM

    @property
    def color(self) -> str:
        """The colour of the person's avatar: the same in every process."""
        return _COLORS[sum(self.id.encode()) % len(_COLORS)]


def user_object(person: Person, *, with_email: bool, with_locale: bool = False) -> dict[str, Any]:
    """The `user` object of users.info and users.list; the e-mail only with the scope users:read.email."""
    user: dict[str, Any] = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "color": person.color,
        "real_name": person.real_name or person.name,
        "tz": person.tz,
        "profile": _profile(person, with_email=with_email),
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_guest,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if person.is_outsider:
        user["is_stranger"] = True
    if with_locale:
        user["locale"] = person.locale
    return user


def _profile(person: Person, *, with_email: bool) -> dict[str, Any]:
    real_name = person.real_name or person.name
    profile: dict[str, Any] = {
        "title": person.title,
        "real_name": real_name,
        "real_name_normalized": real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "team": person.team_id,
    }
    if with_email and person.email:
        profile["email"] = person.email
    return profile
