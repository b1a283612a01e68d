"""Settings of a page of our own at Instatus."""

from pydantic import BaseModel, SecretStr

from bot.integrations.setting import address, setting, token


class InstatusSettings(BaseModel):
    """The key, the page, and where the API is."""

    instatus_api_key: SecretStr | None = token("INSTATUS_API_KEY", "Instatus API key: updates go to its page too.")
    instatus_page_id: str | None = setting("INSTATUS_PAGE_ID", None, "Instatus page, from its API settings.")
    instatus_api_url: str = address("INSTATUS_API_URL", "https://api.instatus.com", "Instatus' API.")
