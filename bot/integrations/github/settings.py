"""GitHub's settings."""

from pydantic import BaseModel, SecretStr

from bot.integrations.setting import address, token


class GitHubSettings(BaseModel):
    """The token, and where its API is."""

    github_token: SecretStr | None = token("GITHUB_TOKEN", "GitHub token, for the checks of a commit.")
    github_api_url: str = address("GITHUB_API_URL", "https://api.github.com", "GitHub's API.")
