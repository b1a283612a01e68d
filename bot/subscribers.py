"""Who hears which event: the tables of all areas, in the order in which they are called."""

from bot.alerts.subscribers import SUBSCRIBERS as ALERTS
from bot.backups.subscribers import SUBSCRIBERS as BACKUPS
from bot.deploys.subscribers import SUBSCRIBERS as DEPLOYS
from bot.domain.subscribing import joined
from bot.escalation.subscribers import SUBSCRIBERS as ESCALATION
from bot.incidents.subscribers import SUBSCRIBERS as INCIDENTS
from bot.legal.subscribers import SUBSCRIBERS as LEGAL
from bot.paging.subscribers import SUBSCRIBERS as PAGING
from bot.power.subscribers import SUBSCRIBERS as POWER
from bot.production.subscribers import SUBSCRIBERS as PRODUCTION
from bot.runs.subscribers import SUBSCRIBERS as RUNS
from bot.status.subscribers import SUBSCRIBERS as STATUS
from bot.updates.subscribers import SUBSCRIBERS as UPDATES

# What production and backups are known to be comes before what people are told of it.
AREAS = (BACKUPS, PRODUCTION, POWER, RUNS, ALERTS, PAGING, ESCALATION, INCIDENTS, UPDATES, LEGAL, DEPLOYS, STATUS)

SUBSCRIBERS = joined(AREAS)
