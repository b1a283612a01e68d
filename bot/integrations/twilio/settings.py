"""Twilio's settings."""

from pydantic import BaseModel, SecretStr

from bot.integrations.setting import address, setting, token


class TwilioSettings(BaseModel):
    """The account of `twilio://` addresses that name none, and where its API is."""

    twilio_account_sid: SecretStr | None = token(
        "TWILIO_ACCOUNT_SID", "Twilio account (AC…) of addresses such as `twilio://+5511999990000?method=call`."
    )
    twilio_auth_token: SecretStr | None = token("TWILIO_AUTH_TOKEN", "Twilio auth token of that account.")
    twilio_from: str | None = setting("TWILIO_FROM", None, "Number that Twilio calls and sends from (+…).")
    twilio_api_url: str = address("TWILIO_API_URL", "https://api.twilio.com", "Twilio's API.")
