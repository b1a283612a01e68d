"""Every setting, typed, from the environment or `.env` in the working directory."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import Refusal
from bot.text import say


def _env(name: str, default: object, text: str) -> Any:
    return Field(default=default, validation_alias=name, description=text)


class Settings(BaseSettings):
    """What an installation sets. Every address outside is here, every secret is a SecretStr."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True
    )

    slack_bot_token: SecretStr | None = _env("SLACK_BOT_TOKEN", None, "Bot token (xoxb-…).")
    slack_app_token: SecretStr | None = _env(
        "SLACK_APP_TOKEN", None, "App-level token (xapp-…): Socket Mode when it is set."
    )
    slack_signing_secret: SecretStr | None = _env(
        "SLACK_SIGNING_SECRET", None, "HTTP mode: Slack calls `/slack/events` on the web port, and signs with this."
    )
    slack_api_url: str = _env("SLACK_API_URL", "https://slack.com/api/", "Slack's Web API.")
    database_url: SecretStr | None = _env(
        "NEONOPS_DATABASE_URL",
        None,
        "`sqlite:///path` or `postgresql://…`; by default `neonops.db` in the data directory.",
    )
    cluster: bool = _env(
        "NEONOPS_CLUSTER", False, "`true`: other replicas share this PostgreSQL; needs `neonops[cluster]`."
    )
    data_dir: Path = _env("NEONOPS_DATA_DIR", Path("data"), "Where the database, step outputs and backups live.")
    runbook: Path | None = _env("NEONOPS_RUNBOOK", None, "The runbook; by default the bundled NeonPro runbook.")
    team: Path | None = _env("NEONOPS_TEAM", None, "The team file: people, roles, channels.")
    workdir: Path | None = _env(
        "NEONOPS_WORKDIR", None, "The clone of what is deployed: shell steps run in it, or in checkouts made from it."
    )
    web_port: int = _env(
        "NEONOPS_WEB_PORT", 0, "Port of `/healthz`, `/readyz`, `/metrics` and HTTP mode; 0 = no web server."
    )
    web_host: str = _env(
        "NEONOPS_WEB_HOST", "127.0.0.1", "Address that the web port listens on: `0.0.0.0` or `::` for every one."
    )
    timezone: str = _env("NEONOPS_TIMEZONE", "America/Sao_Paulo", "The team's time zone: channel names, windows.")
    vercel_token: SecretStr | None = _env("VERCEL_TOKEN", None, "Vercel access token.")
    vercel_team_id: str | None = _env("VERCEL_TEAM_ID", None, "Vercel team (team_…).")
    vercel_automation_bypass_secret: SecretStr | None = _env(
        "VERCEL_AUTOMATION_BYPASS_SECRET", None, "Opens builds behind Vercel's Deployment Protection to `vercel.probe`."
    )
    vercel_api_url: str = _env("VERCEL_API_URL", "https://api.vercel.com", "Vercel's API.")
    supabase_access_token: SecretStr | None = _env("SUPABASE_ACCESS_TOKEN", None, "Supabase personal access token.")
    supabase_project_ref: str | None = _env("SUPABASE_PROJECT_REF", None, "Supabase project reference.")
    supabase_api_url: str = _env("SUPABASE_API_URL", "https://api.supabase.com", "Supabase's Management API.")
    neonpro_database_url: SecretStr | None = _env("NEONPRO_DATABASE_URL", None, "Read-only DSN for SQL checks.")
    prometheus_url: str | None = _env(
        "PROMETHEUS_URL", None, "Prometheus (or what answers its query API): metrics checks, soaks, monitoring."
    )
    prometheus_token: SecretStr | None = _env("PROMETHEUS_TOKEN", None, "Bearer token for PROMETHEUS_URL, if it asks.")
    github_token: SecretStr | None = _env("GITHUB_TOKEN", None, "GitHub token, for the checks of a commit.")
    github_api_url: str = _env("GITHUB_API_URL", "https://api.github.com", "GitHub's API.")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, KeyError, OSError) as error:
            raise ValueError(f"{value!r} is not a time zone; write one such as America/Sao_Paulo") from error
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _with_slash(cls, value: str) -> str:
        return value if value.endswith("/") else value + "/"

    @property
    def zone(self) -> ZoneInfo:
        """The team's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def database(self) -> str:
        """The database's URL, with its password: never to be logged."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'neonops.db'}"

    def secrets(self) -> Iterator[str]:
        """Every secret value, for the masker."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                yield value.get_secret_value()


def load_settings(**overrides: object) -> Settings:
    """The settings of this process.

    Raises:
        Refusal: one sentence that names the setting and what is wrong; never its value when that may be a secret.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = ".".join(map(str, first["loc"]))
        why = first["msg"].removeprefix("Value error, ")
        raise Refusal(say("The setting {name} is wrong: {why}.", name=name, why=why)) from error


def fixed_settings(values: Mapping[str, str]) -> Settings:
    """Settings from these values alone: neither this process's environment nor a `.env` file is looked at."""
    fields = Settings.model_fields.values()
    given = {str(field.validation_alias): values.get(str(field.validation_alias)) or field.default for field in fields}
    return load_settings(_env_file=None, **given)


def environment() -> dict[str, str]:
    """This process's environment over what stands in `.env`: what runbook variables and shell steps are filled from."""
    written = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return {**written, **os.environ}
