"""Who is who: the team, members of the workspace, and what each may do."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Refusal
from bot.people.team import Team as Team
from bot.people.team import TeamPerson as TeamPerson
from bot.people.team_file import load_team as load_team
from bot.runbook.model import Runbook
from bot.text import choice, say

BOT = "neonops"
"""The actor of what the bot does by itself."""


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
    home: bool = False
    """Whether they have looked at the app's Home: it is drawn anew when it must not show any more what it shows."""


@dataclass(frozen=True)
class Actor:
    """Who acts: a Slack user, the name to show, and the roles that count."""

    user: str
    name: str
    roles: frozenset[str] = frozenset()
    locale: str = ""
    """The language that they read, such as `pt-BR`; empty = the team's."""
    place: str = ""
    """The channel in which they act, as Slack says: who acts in a private one is in it."""

    def may(self, permission: str, runbook: Runbook) -> bool:
        """Whether one of the actor's roles has the permission in the runbook's table."""
        return bool(self.roles & set(runbook.permissions.get(permission, ())))  # type: ignore[call-overload]


ROBOT = Actor(BOT, "NeonOps")


def mention(user: str | None) -> str:
    """How a sentence names a user; the handlers turn it into what its readers see."""
    return f"<@{user}>" if user and user != "neonops" else "NeonOps"


def require(actor: Actor, permission: str, runbook: Runbook, operation: str) -> None:
    """Raise a Refusal when the actor may not do the operation: `deploy`, `approve a deploy`, `tick items` …"""
    require_one(actor, (permission,), runbook, operation)


def require_one(actor: Actor, permissions: Sequence[str], runbook: Runbook, operation: str) -> None:
    """The same, when one of several permissions is enough; who has none is told of the first."""
    permission = permissions[0]
    if any(actor.may(each, runbook) for each in permissions):
        return
    roles: tuple[str, ...] = runbook.permissions.get(permission, ())  # type: ignore[call-overload]
    if not roles:
        raise Refusal(say("You may not {operation}: no role has this permission in the runbook.", operation=operation))
    words = choice([role.replace("_", " ") for role in roles])
    raise Refusal(say("You may not {operation}: it requires the role {roles}.", operation=operation, roles=words))


def check_member(member: Member) -> None:
    """Raise a Refusal for guests, bots and people of other workspaces: they can do nothing here."""
    if member.guest:
        raise Refusal(say("Workspace guests cannot use NeonOps. Ask a member of the team."))
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
