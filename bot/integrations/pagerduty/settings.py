"""PagerDuty's settings."""

from pydantic import BaseModel, SecretStr

from bot.integrations.setting import address, token


class PagerDutySettings(BaseModel):
    """The installation's own service, the token that reads, the secret of its webhooks, and where its APIs are."""

    pagerduty_routing_key: SecretStr | None = token(
        "PAGERDUTY_ROUTING_KEY", "Integration key (Events API v2) of `pagerduty://` addresses that name none."
    )
    pagerduty_api_token: SecretStr | None = token(
        "PAGERDUTY_API_TOKEN", "PagerDuty REST API key (read-only is enough): who is on call, and who acknowledged."
    )
    pagerduty_webhook_secret: SecretStr | None = token(
        "PAGERDUTY_WEBHOOK_SECRET",
        "Signing secret of the V3 webhook subscription that calls `/webhooks/pagerduty` on the web port.",
    )
    pagerduty_events_url: str = address(
        "PAGERDUTY_EVENTS_URL",
        "https://events.pagerduty.com",
        "PagerDuty's Events API; `https://events.eu.pagerduty.com` for accounts in the EU.",
    )
    pagerduty_api_url: str = address("PAGERDUTY_API_URL", "https://api.pagerduty.com", "PagerDuty's REST API.")
