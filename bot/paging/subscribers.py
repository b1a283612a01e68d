"""What pagers' services are told of incidents."""

from functools import partial

from bot.domain import Domain
from bot.domain.subscribing import on
from bot.incidents.events import IncidentAcknowledged, IncidentClosed, IncidentResolved
from bot.integrations.pagerduty.model import Action
from bot.paging.pagerduty import plan
from bot.ports import Tx


def _tell(
    action: Action, domain: Domain, tx: Tx, event: IncidentAcknowledged | IncidentResolved | IncidentClosed
) -> None:
    plan(domain, tx, event.incident.run_id, action)


SUBSCRIBERS = (
    on(IncidentAcknowledged, partial(_tell, "acknowledge")),
    on(IncidentResolved, partial(_tell, "resolve")),
    on(IncidentClosed, partial(_tell, "resolve")),
)
