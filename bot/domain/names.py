"""What people are called where no Slack client names them: exports and files."""

import re

from bot.people import ROBOT
from bot.people.team import Team
from bot.ports import Tx

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


class Names:
    """Names by Slack id: of the members that the bot has met, else of the team file, else the id itself."""

    def __init__(self, tx: Tx, team: Team) -> None:
        listed = {person.slack: person.name for person in team.people.values() if person.slack}
        met = {member.user: member.name for member in tx.members.find() if member.name != member.user}
        self._names = {**listed, **met, ROBOT.user: ROBOT.name}

    def of(self, user: str) -> str:
        """`Bruno Barros`; the id of somebody who is not known."""
        return self._names.get(user, user)

    def both(self, user: str | None) -> str | None:
        """`Bruno Barros (U02BRUNO)`: names change, ids do not."""
        return None if user is None else f"{self.of(user)} ({user})" if user in self._names else user

    def written(self, text: str) -> str:
        """The text with names in place of mentions (`<@U02BRUNO>`)."""
        return _MENTION.sub(lambda found: self.of(found[1]), text)
