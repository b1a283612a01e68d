"""Every kind of effect that Slack delivers, with its deliverer."""

from pathlib import Path

from bot.delivery import Deliver
from bot.timelines.saved import SAVE
from bot.tools import Tools
from handlers.slack.alerts.deliverer import AlertDeliverers
from handlers.slack.cards.publisher import Cards
from handlers.slack.deploys.dry_run import dry_run_deliverer
from handlers.slack.evidence.deliverer import EvidenceDeliverers
from handlers.slack.health.deliverer import health_deliverer
from handlers.slack.home.publisher import home_deliverer
from handlers.slack.incidents.channel import ChannelDeliverers
from handlers.slack.incidents.replaced import Replacements
from handlers.slack.incidents.strangers import role_deliverer
from handlers.slack.interaction.context import Context
from handlers.slack.introductions import introduction_deliverer
from handlers.slack.legal.drafts import export_deliverer
from handlers.slack.messaging.delivery_errors import to_slack
from handlers.slack.messaging.directory import Directory
from handlers.slack.messaging.poster import Poster
from handlers.slack.messaging.responder import Responder
from handlers.slack.messaging.sender import Sender
from handlers.slack.oncall.deliverer import contact_deliverer
from handlers.slack.rollbacks.typed import typed_deliverer
from handlers.slack.runs.output import OutputDeliverers
from handlers.slack.table import MESSAGES
from handlers.slack.timelines.saving import save_deliverer


def slack_deliverers(
    context: Context, cards: Cards, tools: Tools, responder: Responder, data_dir: Path
) -> dict[str, Deliver]:
    """By kind; Slack's answers become the worker's."""
    transactions, slack = context.transactions, context.slack
    poster, directory = Poster(transactions, slack), Directory(slack, transactions, context.people.changed)
    kinds: dict[str, Deliver] = {
        **Sender(transactions, slack, poster, directory, cards, MESSAGES).kinds(),
        **ChannelDeliverers(transactions, slack, cards).kinds(),
        **Replacements(transactions, slack, cards).kinds(),
        **AlertDeliverers(transactions, poster, directory, cards).kinds(),
        **OutputDeliverers(transactions, slack).kinds(),
        **EvidenceDeliverers(transactions, slack, data_dir).kinds(),
        "legal.export": export_deliverer(transactions, slack),
        "health": health_deliverer(transactions, poster, tools),
        "home": home_deliverer(context),
        "meet": introduction_deliverer(context, responder),
        "contact.check": contact_deliverer(transactions, poster, directory),
        "deploy.dry": dry_run_deliverer(transactions, tools, responder),
        "role.give": role_deliverer(directory),
        SAVE: save_deliverer(context),
        "rollback.typed": typed_deliverer(transactions, tools, responder),
    }
    return {kind: to_slack(deliver) for kind, deliver in kinds.items()}
