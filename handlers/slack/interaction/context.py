"""What every handler is handed: the transactions, Slack, the people, and what they may ask for."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.domain.transactions import Transactions
from bot.runbook.model import Runbook
from handlers.slack.client.api import Slack
from handlers.slack.interaction.people import People
from handlers.slack.interaction.rate_limits import RateLimits
from handlers.slack.interaction.refusal_log import RefusalLog
from handlers.slack.parsing.text import plain


@dataclass(frozen=True)
class Context:
    """What a handler works with."""

    transactions: Transactions
    slack: Slack
    people: People
    mask: Callable[[str], str]
    """Hides secrets in what people type, before it is stored or said."""
    refusals: RefusalLog
    web: str = ""
    """Where the web port is reached from outside; empty when it is not."""
    rate_limits: RateLimits = field(default_factory=RateLimits)

    def plain(self, text: str) -> str:
        """What was typed, with names in place of mentions."""
        return plain(text, self._name_of)

    def _name_of(self, user: str) -> str | None:
        name = self.people.named(user).name
        return None if name == user else name

    @property
    def runbook(self) -> Runbook:
        """The runbook in force."""
        return self.transactions.domain.runbook
