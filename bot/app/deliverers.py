"""What delivers the effects that reach other systems than Slack: each area's own."""

from bot.delivery import Deliver
from bot.deploys.deliverers import deploy_deliverers
from bot.deploys.ending import pending_moves
from bot.deploys.ending.follow_up import ended_deliverer
from bot.deploys.monitoring.deliverer import watch_deliverers
from bot.domain.transactions import Transactions
from bot.integrations.pagerduty.client import PagerDuty
from bot.paging.pager import page_deliverer
from bot.paging.pagerduty import pagerduty_deliverers
from bot.paging.services import PagerServices
from bot.people.presence import Presence
from bot.production.periods import LATE
from bot.status.push import push_deliverers
from bot.tools import Tools
from bot.waking import Lease


def area_deliverers(
    transactions: Transactions, tools: Tools, presence: Presence, lease: Lease | None, public_url: str = ""
) -> dict[str, Deliver]:
    """The deliverers of all areas, by the kind of effect."""
    return {
        "page": page_deliverer(transactions, lease, PagerServices(tools, public_url)),
        **pagerduty_deliverers(transactions, tools.client(PagerDuty)),
        "run.ended": ended_deliverer(),
        **deploy_deliverers(transactions, tools, presence),
        **watch_deliverers(transactions, tools),
        **push_deliverers(transactions, tools),
        LATE: pending_moves.production_deliverer(transactions, tools),
    }
