"""What the answers of pagers are made of."""

from dataclasses import dataclass, field

from bot.domain.transactions import Transactions
from bot.integrations.twilio.client import Twilio


@dataclass(frozen=True)
class Doors:
    """`public_url` is where the port is reached from outside; without a `secret` PagerDuty is not heard."""

    transactions: Transactions
    twilio: Twilio
    public_url: str
    secret: str = field(default="", repr=False)
