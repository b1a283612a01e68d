"""Who holds a role, as Slack knows them: ids of the team file, and of people who have only an e-mail address there."""

from collections.abc import Iterable

from bot.people import Team
from handlers.slack.api import Refused, Slack


async def users_of(slack: Slack, team: Team, roles: Iterable[str]) -> list[str]:
    """Slack ids of the people who hold one of the roles; who is not found is left out."""
    found = [await _user(slack, team.people[key].slack, team.people[key].email) for key in team.holders(roles)]
    return [user for user in found if user]


async def _user(slack: Slack, slack_id: str | None, email: str | None) -> str | None:
    if slack_id or not email:
        return slack_id
    try:
        answer = await slack.call("users.lookupByEmail", email=email)
    except Refused:
        return None
    return str(answer["user"]["id"])
