"""The endpoints of pagers: PagerDuty's webhook; with a public address Twilio's, and the one-time links."""

from handlers.web.endpoints import Endpoint
from handlers.web.paging.doors import Doors
from handlers.web.paging.links import links
from handlers.web.paging.pagerduty import pagerduty
from handlers.web.paging.twilio import twilio


def paging(doors: Doors) -> list[Endpoint]:
    """What is served of it by these settings."""
    heard = pagerduty(doors) if doors.secret else []
    return [*heard, *twilio(doors), *links(doors)] if doors.public_url else heard
