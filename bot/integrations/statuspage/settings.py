"""Settings of a page of our own at Statuspage."""

from pydantic import BaseModel, SecretStr

from bot.integrations.setting import address, setting, token


class StatuspageSettings(BaseModel):
    """The key, the page, and where the API is."""

    statuspage_api_key: SecretStr | None = token(
        "STATUSPAGE_API_KEY", "Statuspage API key: updates go to its page too."
    )
    statuspage_page_id: str | None = setting("STATUSPAGE_PAGE_ID", None, "Statuspage page, from its API settings.")
    statuspage_api_url: str = address("STATUSPAGE_API_URL", "https://api.statuspage.io", "Statuspage's API.")
