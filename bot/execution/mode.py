"""How commands are kept apart from the bot and from one another: one decision, from what this machine allows."""

from dataclasses import dataclass
from typing import Literal

from bot.text import say

FIRST_USER, USERS = 30_000, 10_000
"""The user ids that runs have for themselves, where the bot may switch users: they must belong to nobody."""
Namespaces = Literal["root", "user"]


@dataclass(frozen=True)
class Allowed:
    """What this machine lets the bot do; each None when it was tried and works, else why not.

    `own_root`: namespaces made with root's powers, and another user in them. `users`: to run something as another user,
    who can reach the checkouts. `own_user`: namespaces without any power, in a user namespace.
    """

    own_root: str | None
    users: str | None
    own_user: str | None


@dataclass(frozen=True)
class Isolation:
    """What was decided. `why_not` is set when commands run as the bot itself."""

    own_users: bool = False
    namespaces: Namespaces | None = None
    why_not: str = ""

    @property
    def confined(self) -> bool:
        """Whether a command can reach less than the bot can."""
        return self.own_users or self.namespaces is not None

    def user_of(self, run_id: int) -> int | None:
        """The user id of a run's commands; None = the bot's own."""
        return FIRST_USER + run_id % USERS if self.own_users else None

    @property
    def words(self) -> str:
        """What it comes to, for the log and the doctor."""
        if self.own_users and self.namespaces:
            return say("commands run as a separate user for each run, and see only the system and their checkout")
        if self.own_users:
            return say("commands run as a separate user for each run")
        if self.namespaces:
            return say("commands see only the system and their checkout, in their own namespace")
        sentence = "commands run as NeonOps itself: they can read its tokens and change its database ({why})"
        return say(sentence, why=self.why_not)


UNTOLD = Isolation(why_not=say("not checked"))


def decide(allowed: Allowed) -> Isolation:
    """The strongest of what is allowed: both, else another user, else namespaces alone, else nothing."""
    if allowed.own_root is None:
        return Isolation(own_users=True, namespaces="root")
    if allowed.users is None:
        return Isolation(own_users=True)
    if allowed.own_user is None:
        return Isolation(namespaces="user")
    sentence = "another user: {users}; namespaces: {namespaces}"
    return Isolation(why_not=say(sentence, users=allowed.users, namespaces=allowed.own_user))
