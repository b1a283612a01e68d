"""What Slack says of the tokens, and of the team's people and channels."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.cli.diagnosis.subject import Answer
from bot.integrations.report import Finding, broken, limited, well
from bot.people import Team
from bot.runbook.model import Runbook
from bot.text import listing, say

MOST = 8
"""How many names a line counts up."""
GUEST = ("is_restricted", "is_ultra_restricted", "is_stranger")
"""What Slack calls those who are not full members."""
LATER = ("ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout")
"""Errors of Slack that say nothing about what was asked."""
APART = 30
"""Seconds that the clocks may differ."""


def _unanswered(answer: Answer, name: str) -> Finding | None:
    """Slack said nothing about the token itself."""
    if answer.error == "no_answer":
        return broken("Slack does not answer.", "Check the network, any proxy, and SLACK_API_URL.")
    if answer.error in LATER:
        mend = "Run this again in a minute."
        return limited("Slack could not check {name} now ({error}).", mend, name=name, error=answer.error)
    return None


def on_bot_token(answer: Answer) -> Finding:
    """`auth.test` with the bot token."""
    if unanswered := _unanswered(answer, "SLACK_BOT_TOKEN"):
        return unanswered
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
    if unanswered := _unanswered(answer, "SLACK_APP_TOKEN"):
        return unanswered
    if answer.error == "missing_scope":
        mend = "Make a new app-level token with connections:write under Basic Information."
        return broken("SLACK_APP_TOKEN lacks connections:write.", mend)
    if answer.error:
        mend = "Copy an app-level token (xapp-…) from Basic Information, and make sure Socket Mode is on."
        return broken("Slack refuses SLACK_APP_TOKEN ({error}).", mend, error=answer.error)
    return well("app token: Socket Mode can be opened")


def on_clock(now: datetime, slack_now: datetime | None) -> list[Finding]:
    """This machine's clock against Slack's."""
    apart = abs((now - slack_now).total_seconds()) if slack_now else 0
    if apart <= APART:
        return []
    mend = "Sync the clock with NTP: the timeline and deadlines depend on it."
    return [limited("This machine's clock is {apart:.0f} s away from Slack's.", mend, apart=apart)]


def on_people(names: Sequence[str], answers: Sequence[Answer]) -> list[Finding]:
    """The people of the team file as Slack knows them."""
    strange = _those(names, answers, lambda each: each.error in ("users_not_found", "user_not_found"))
    gone = _those(names, answers, lambda each: _user(each).get("deleted"))
    guests = _those(names, answers, lambda each: any(_user(each).get(flag) for flag in GUEST))
    findings = _unasked(say("people"), answers, "users_not_found", "user_not_found")
    if strange:
        mend = "Fix their e-mail address or Slack id in the team file."
        findings.append(limited("Slack does not know {names}.", mend, names=strange))
    if gone:
        findings.append(limited("Deactivated in Slack: {names}.", "Take them out of the team file.", names=gone))
    if guests:
        mend = "Guests and external users cannot use NeonOps: give their roles to members."
        findings.append(limited("Not full members of the workspace: {names}.", mend, names=guests))
    return findings or [well("people: Slack knows all {count}", count=len(names))]


def _user(answer: Answer) -> Mapping[str, Any]:
    return answer.body.get("user") or {}


def on_channels(names: Sequence[str], answers: Sequence[Answer]) -> list[Finding]:
    """The channels of the team file, as far as the bot sees them."""
    missing = _those(names, answers, lambda each: each.error == "channel_not_found")
    archived = _those(names, answers, lambda each: _channel(each).get("is_archived"))
    closed = _those(names, answers, lambda each: _channel(each).get("is_private") and not _channel(each)["is_member"])
    findings = _unasked(say("channels"), answers, "channel_not_found")
    if missing:
        mend = "Fix the id in the team file; NeonOps must be invited to private channels."
        findings.append(limited("NeonOps sees no such channel: {names}.", mend, names=missing))
    if archived:
        mend = "Unarchive it, or use another in the team file."
        findings.append(limited("Archived channels: {names}.", mend, names=archived))
    if closed:
        findings.append(limited("NeonOps is not in: {names}.", "Type `/invite @NeonOps` there.", names=closed))
    return findings or [well("channels: NeonOps may post to {names}", names=listing(list(names)) or say("none"))]


def _channel(answer: Answer) -> Mapping[str, Any]:
    return answer.body.get("channel") or {}


def _those(names: Sequence[str], answers: Sequence[Answer], wanted: Callable[[Answer], object]) -> str:
    return listing([name for name, answer in zip(names, answers, strict=True) if wanted(answer)], most=MOST)


def _unasked(what: str, answers: Sequence[Answer], *expected: str) -> list[Finding]:
    """One line for all that Slack would not tell."""
    errors = [each.error for each in answers if each.error and each.error not in expected]
    mend = "Fix what Slack complains about, then run this again."
    why = listing(list(dict.fromkeys(errors)))
    return [limited("Some {what} could not be looked up ({why}).", mend, what=what, why=why)] if errors else []


def on_places(team: Team) -> list[Finding]:
    """Whether declared incidents can be announced anywhere."""
    if team.channels.keys() & {"incidents", "announcements"}:
        return []
    mend = "Set the channel `incidents` or `announcements` in the team file."
    return [limited("Incidents are not announced anywhere.", mend)]


def on_roles(runbook: Runbook, team: Team) -> list[Finding]:
    """Roles of the runbook that nobody holds, and approvals that nobody else could give."""
    missing = [role for role in _roles(runbook) if not team.roles.get(role)]
    mend = "Assign each role to somebody in the team file."
    findings = [limited("Unassigned roles: {roles}.", mend, roles=", ".join(missing))] if missing else []
    approvers = team.holders(runbook.permissions.get("approve", ()))
    if len(approvers) == 1:
        mend = "Give one of the roles {roles} to a second person: nobody approves their own deploy."
        roles = ", ".join(runbook.permissions["approve"])
        findings.append(limited("Only {who} can approve.", mend, who=team.people[approvers[0]].name, roles=roles))
    return findings or [well("roles: all of the runbook's are assigned")]


def _roles(runbook: Runbook) -> list[str]:
    named = [role for roles in runbook.permissions.values() for role in roles]
    named += [role for severity in runbook.severities for role in (*severity.invite, *severity.alerted)]
    named += [role for level in runbook.escalation for role in level.roles]
    steps = (step for procedure in runbook.procedures for _, step in procedure.steps())
    named += [role for step in steps for role in step.alerted]
    return list(dict.fromkeys(named))


def on_pagers(team: Team) -> list[Finding]:
    """Whether anybody can be woken."""
    if any(person.page for person in team.people.values()):
        return []
    mend = "Give on-call people a `page:` address in the team file."
    return [limited("Nobody has a pager: alerts reach people in Slack only.", mend)]


def unidentified(team: Team) -> list[Finding]:
    """People whom NeonOps has no way to find."""
    lost = [person.name for person in team.people.values() if not person.slack and not person.email]
    mend = "Give each a `slack:` id or an `email:` in the team file."
    return [limited("Not found in Slack: {names}.", mend, names=listing(lost, most=MOST))] if lost else []
