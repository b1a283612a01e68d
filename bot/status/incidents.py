"""Incidents as customers know them: what they were told, and what is said when nobody has told them yet."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from bot.incidents.model import Incident, IncidentStatus
from bot.runbook.model import Runbook
from bot.runbook.sections.public import PublicSeverity
from bot.status import page
from bot.status.model import PublicIncident
from bot.status.page import Update, Wording
from bot.status.wording import text_of, title_of, wording
from bot.text import say
from bot.updates.model import StatusUpdate

Said = tuple[datetime, page.IncidentStatus, Wording]


def severity_of(runbook: Runbook, severity: str) -> PublicSeverity | None:
    """How the runbook shows incidents of a severity; None when it does not say."""
    shown = runbook.status_page.incidents if runbook.status_page else ()
    return next((each for each in shown if each.severity == severity), None)


def shown_incident(
    runbook: Runbook, public: PublicIncident, incident: Incident, told: Sequence[StatusUpdate]
) -> page.Incident:
    """The incident, with what customers were told of it (the oldest first)."""
    severity = severity_of(runbook, incident.severity)
    shown = severity or PublicSeverity(severity=incident.severity, title=".")
    return page.Incident(
        public.public_id,
        title_of(severity) if severity else wording(say("Service disruption")),
        shown.impact,
        shown.components,
        _services(runbook, shown, told),
        incident.declared_at,
        _updates(public, incident, shown, told),
    )


def _services(runbook: Runbook, shown: PublicSeverity, told: Sequence[StatusUpdate]) -> tuple[str, ...]:
    """The services that the updates name, else those of the severity, else all; in the runbook's order."""
    named = {service for each in told for service in each.services} or set(shown.services or ())
    known = [each.id for each in runbook.services]
    return tuple(each for each in known if each in named) or tuple(known)


def _updates(
    public: PublicIncident, incident: Incident, shown: PublicSeverity, told: Sequence[StatusUpdate]
) -> tuple[Update, ...]:
    """The newest first. What the incident itself shows is added where no update says it."""
    said: list[Said] = [(each.at, each.status.value, Wording(each.words("en"), each.texts.get("pt"))) for each in told]
    if not said or (shown.at_once and public.published_at < said[0][0]):
        text = text_of(shown.at_once) if shown.at_once else wording(say("We are investigating."))
        said.insert(0, (public.published_at, "investigating", text))
    said += _later(incident, public, said, told=bool(told))
    updates = [Update(_id(public, number, at), at, status, body) for number, (at, status, body) in enumerate(said)]
    return tuple(reversed(updates))


def _later(incident: Incident, public: PublicIncident, said: Sequence[Said], *, told: bool) -> list[Said]:
    """That it is over, or is not over after all, when the last update does not say so.

    Whoever told customers of it is asked to tell them its end too, until the incident is closed.
    """
    at, status, _ = said[-1]
    over = IncidentStatus.CLOSED if told else IncidentStatus.RESOLVED
    if incident.status in (over, IncidentStatus.CLOSED) and status != "resolved":
        ended = (incident.closed_at if told else incident.resolved_at) or at
        return [(max(ended, at), "resolved", wording(say("This incident is resolved.")))]
    if incident.status is IncidentStatus.OPEN and status == "resolved" and public.reopened_at:
        return [(max(public.reopened_at, at), "investigating", wording(say("It is not over: we are investigating.")))]
    return []


def _id(public: PublicIncident, number: int, at: datetime) -> str:
    """The same at each look, and nothing about the others that there are."""
    return hashlib.sha256(f"{public.public_id}:{number}:{at.isoformat()}".encode()).hexdigest()[:12]
