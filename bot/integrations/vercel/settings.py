"""Vercel's settings."""

from pydantic import BaseModel, SecretStr

from bot.integrations.setting import address, token


class VercelSettings(BaseModel):
    """The token and its team, what opens protected builds, and where its API is."""

    vercel_token: SecretStr | None = token("VERCEL_TOKEN", "Vercel access token.")
    vercel_team_id: str | None = token("VERCEL_TEAM_ID", "Vercel team (team_…).")
    vercel_automation_bypass_secret: SecretStr | None = token(
        "VERCEL_AUTOMATION_BYPASS_SECRET", "Lets `vercel.probe` reach builds behind Vercel's Deployment Protection."
    )
    vercel_api_url: str = address("VERCEL_API_URL", "https://api.vercel.com", "Vercel's API.")
