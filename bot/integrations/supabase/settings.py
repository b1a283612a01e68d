"""Supabase's settings."""

from pydantic import BaseModel, SecretStr

from bot.integrations.setting import address, token


class SupabaseSettings(BaseModel):
    """The token and the project, and where its API is."""

    supabase_access_token: SecretStr | None = token("SUPABASE_ACCESS_TOKEN", "Supabase personal access token.")
    supabase_project_ref: str | None = token("SUPABASE_PROJECT_REF", "Supabase project reference.")
    supabase_api_url: str = address("SUPABASE_API_URL", "https://api.supabase.com", "Supabase's Management API.")
