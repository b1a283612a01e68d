"""Reading the status page from the database: only of what is public, whatever else there is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain import Domain
from bot.incidents.model import Incident
from bot.ports import Tx
from bot.runbook.model import Runbook
from bot.runbook.sections.public import ComponentStatus, StatusPage
from bot.status import page
from bot.status.availability import DAYS, checks_of, days_of, first_day
from bot.status.incidents import shown_incident
from bot.status.model import PublicIncident
from bot.status.page import COMPONENT_STATUSES, Component, Page, Planned
from bot.status.planned import planned
from bot.status.wording import title_of, wording
from bot.text import say
from bot.updates.look import for_customers, is_for_customers

MOST = 200
"""Incidents that are shown at most."""


def read_page(domain: Domain, tx: Tx) -> Page:
    """The page as it is now."""
    runbook, zone = domain.runbook, ZoneInfo(domain.runbook.timezone)
    policy = runbook.status_page or StatusPage(title=".")
    incidents = _incidents(domain, tx)
    ahead = planned(domain, tx, policy)
    midnight = datetime.combine(tx.now.astimezone(zone).date(), datetime.min.time(), zone)
    changes = [midnight, *(each.updated_at for each in incidents), *(each.updated_at for each in ahead)]
    return Page(
        title_of(runbook.status_page) if runbook.status_page else wording(say("Service status")),
        runbook.timezone,
        _components(runbook, tx, policy, incidents, ahead),
        incidents,
        ahead,
        max(each for each in changes if each <= tx.now),
    )


def _incidents(domain: Domain, tx: Tx) -> tuple[page.Incident, ...]:
    """Those that are public and not older than the days that are shown."""
    found = []
    for public in tx.rows(PublicIncident).find(order="-id", limit=MOST):
        incident = tx.incidents.get(public.incident)
        if incident and is_for_customers(incident):
            found.append(as_shown(domain, tx, public, incident))
    since = tx.now - timedelta(days=DAYS)
    shown = [each for each in found if not each.is_over or each.updated_at > since]
    return tuple(sorted(shown, key=lambda each: each.started_at, reverse=True))


def as_shown(domain: Domain, tx: Tx, public: PublicIncident, incident: Incident) -> page.Incident:
    """A public incident as it is shown: a merged one is over when the other is, if customers may know of that."""
    told, seen, other = for_customers(tx, incident), incident, incident
    while other.merged_into and (into := tx.incidents.get(other.merged_into)) and is_for_customers(into):
        other = into
        seen = replace(incident, status=other.status, resolved_at=other.resolved_at, closed_at=other.closed_at)
    return shown_incident(domain.runbook, public, seen, told)


def _components(
    runbook: Runbook, tx: Tx, policy: StatusPage, incidents: Sequence[page.Incident], ahead: Sequence[Planned]
) -> tuple[Component, ...]:
    zone = ZoneInfo(runbook.timezone)
    first = first_day(tx.now, zone)
    hours = tx.health.hours(datetime.combine(first, datetime.min.time(), zone))
    return tuple(
        Component(
            each.id,
            title_of(each),
            component_status(each.id, incidents, ahead),
            days_of(hours, checks_of(runbook, each.id), tx.now, zone, policy.measured_every),
        )
        for each in runbook.services
    )


def component_status(service: str, incidents: Sequence[page.Incident], ahead: Sequence[Planned]) -> ComponentStatus:
    """The worst that is open of a service."""
    found: list[ComponentStatus] = ["operational"]
    found += [each.components for each in incidents if not each.is_over and service in each.services]
    found += ["under_maintenance" for each in ahead if each.changes and each.status == "in_progress"]
    return max(found, key=COMPONENT_STATUSES.index)
