"""What Slack says of the tokens, and of the team's people and channels."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.diagnosis.findings import Finding, broken, limited, well
from bot.people import Team, TeamPerson
from bot.runbook.model import Runbook
from bot.runbook.steps import Notify
from bot.text import listing, say

MOST = 8
"""How many names a line counts up."""


@dataclass(frozen=True)
class Answer:
    """What Slack said to one call. `error` is its code, "no_answer" when there was none, "" when all is well."""

    error: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()


def on_bot_token(answer: Answer) -> Finding:
    """`auth.test` with the bot token."""
    if answer.error == "no_answer":
        return broken("Slack does not answer.", "Look at the network, a proxy, and SLACK_API_URL.")
    if answer.error:
        mend = "Copy the Bot User OAuth Token (xoxb-…) from the app's page, under Install App."
        return broken("Slack refuses SLACK_BOT_TOKEN ({error}).", mend, error=answer.error)
    if not answer.body.get("bot_id"):
        mend = "Use the Bot User OAuth Token (xoxb-…), not a person's."
        return broken("SLACK_BOT_TOKEN is not the token of a bot.", mend)
    return well("bot token: @{user} in {team}", user=answer.body.get("user"), team=answer.body.get("team"))


def on_scopes(granted: frozenset[str], needed: Collection[str]) -> Finding:
    """The scopes that the token has, against those of the manifest."""
    missing = sorted(set(needed) - granted)
    if missing:
        mend = "Put manifest.yml under App Manifest on the app's page, save, and reinstall the app."
        return broken("The bot lacks these scopes: {missing}.", mend, missing=", ".join(missing))
    return well("scopes: all {count} of the manifest", count=len(needed))


def on_app_token(answer: Answer) -> Finding:
    """`apps.connections.open` with the app token."""
    if answer.error == "no_answer":
        return broken("Slack does not answer.", "Look at the network, a proxy, and SLACK_API_URL.")
    if answer.error == "missing_scope":
        mend = "Make a new app-level token with connections:write under Basic Information."
        return broken("SLACK_APP_TOKEN lacks connections:write.", mend)
    if answer.error:
        mend = "Copy an app-level token (xapp-…) from Basic Information, and see that Socket Mode is on."
        return broken("Slack refuses SLACK_APP_TOKEN ({error}).", mend, error=answer.error)
    return well("app token: Socket Mode can be opened")


def on_clock(now: datetime, slack_now: datetime | None) -> list[Finding]:
    """This machine's clock against Slack's."""
    apart = abs((now - slack_now).total_seconds()) if slack_now else 0
    if apart <= 30:
        return []
    mend = "Keep the clock right with NTP: the timeline and the deadlines go by it."
    return [limited("This machine's clock is {apart:.0f} s away from Slack's.", mend, apart=apart)]


def on_person(person: TeamPerson, answer: Answer) -> list[Finding]:
    """A person of the team file as Slack knows them; nothing when all is well."""
    user, name = answer.body.get("user") or {}, person.name
    if answer.error in ("users_not_found", "user_not_found"):
        mend = "Mend their e-mail address or Slack id in the team file."
        return [limited("Slack does not know {name}.", mend, name=name)]
    if answer.error:
        mend = "Mend what stands above and run this again."
        return [limited("{name} could not be looked up ({error}).", mend, name=name, error=answer.error)]
    if user.get("deleted"):
        return [limited("{name} is deactivated in Slack.", "Take them out of the team file.", name=name)]
    if user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger"):
        mend = "Guests and outsiders can do nothing here: give their roles to members."
        return [limited("{name} is not a full member of the workspace.", mend, name=name)]
    return []


def on_channel(name: str, answer: Answer) -> list[Finding]:
    """A channel of the team file; nothing when the bot may post there."""
    channel = answer.body.get("channel") or {}
    if answer.error == "channel_not_found":
        mend = "Mend its id in the team file; a private channel needs `/invite @NeonOps`."
        return [limited("The channel {name} does not exist for NeonOps.", mend, name=name)]
    if answer.error:
        mend = "Mend what stands above and run this again."
        return [limited("The channel {name} could not be looked at ({error}).", mend, name=name, error=answer.error)]
    if channel.get("is_archived"):
        mend = "Unarchive it or name another in the team file."
        return [limited("The channel {name} is archived.", mend, name=name)]
    if channel.get("is_private") and not channel.get("is_member"):
        return [limited("NeonOps is not in the private channel {name}.", "Type `/invite @NeonOps` there.", name=name)]
    return []


def on_roles(runbook: Runbook, team: Team) -> list[Finding]:
    """Roles of the runbook that nobody holds, and approvals that nobody else could give."""
    missing = [role for role in _roles(runbook) if not team.roles.get(role)]
    mend = "Give each role to somebody in the team file."
    findings = [limited("Nobody holds: {roles}.", mend, roles=", ".join(missing))] if missing else []
    approvers = team.holders(runbook.permissions.get("approve", ()))
    if len(approvers) == 1:
        mend = "Give one of the roles {roles} to a second person: nobody approves their own deploy."
        roles = ", ".join(runbook.permissions["approve"])
        findings.append(limited("Only {who} can approve.", mend, who=team.people[approvers[0]].name, roles=roles))
    return findings or [well("roles: all of the runbook's are held")]


def _roles(runbook: Runbook) -> list[str]:
    named = [role for roles in runbook.permissions.values() for role in roles]
    named += [role for severity in runbook.severities for role in severity.invite]
    named += [role for level in runbook.escalation for role in level.roles]
    steps = (step for procedure in runbook.procedures for _, step in procedure.steps())
    named += [role for step in steps if isinstance(step, Notify) for role in step.roles]
    return list(dict.fromkeys(named))


def on_pagers(team: Team) -> list[Finding]:
    """Whether anybody can be woken."""
    if any(person.page for person in team.people.values()):
        return []
    mend = "Give those who are to be woken a `page:` address in the team file."
    return [limited("Nobody has a pager: alerts reach people in Slack only.", mend)]


def unidentified(team: Team) -> list[Finding]:
    """People whom NeonOps has no way to find."""
    lost = [person.name for person in team.people.values() if not person.slack and not person.email]
    mend = "Give each a `slack:` id or an `email:` in the team file."
    return [limited("Not to be found in Slack: {names}.", mend, names=listing(lost, most=MOST))] if lost else []
