"""Drafts of updates: the runbook's template for the audience, the status and the severity, filled in."""

from bot.incidents.model import Incident
from bot.runbook.model import Runbook
from bot.runbook.sections.incidents import UpdateTemplate
from bot.runbook.translation import written_in
from bot.updates.model import Audience, UpdateStatus

LANGUAGES = {"en": "English", "pt": "Português"}
"""The languages of an update, by their own names."""
_ALL = {"en": "all services", "pt": "todos os serviços"}
_IN_MINUTES = 30
"""What a draft says of the next update when the severity has none that is due."""


def drafted(
    runbook: Runbook, incident: Incident, audience: Audience, status: UpdateStatus, services: tuple[str, ...] = ()
) -> dict[str, str]:
    """The draft by language; empty when the runbook has none."""
    template = _template(runbook, incident.severity, audience, status)
    if template is None:
        return {}
    values = {language: _values(runbook, incident, services, language) for language in LANGUAGES}
    return template.filled(values)


def _template(runbook: Runbook, severity: str, audience: Audience, status: UpdateStatus) -> UpdateTemplate | None:
    """One for the severity, else one for all."""
    found = [each for each in runbook.update_templates if (each.audience, each.status) == (audience, status)]
    fitting = [each for each in found if severity in each.severities] or [each for each in found if not each.severities]
    return fitting[0] if fitting else None


def _values(runbook: Runbook, incident: Incident, services: tuple[str, ...], language: str) -> dict[str, str]:
    severity = runbook.severity(incident.severity)
    every = int(severity.update_every.total_seconds() / 60) if severity.update_every else _IN_MINUTES
    named = [written_in(language, each, "title") for each in runbook.services if each.id in services]
    return {
        "title": incident.title,
        "severity": incident.severity.upper(),
        "impact": written_in(language, severity, "impact"),
        "services": ", ".join(named) or _ALL[language],
        "next": str(every),
    }
