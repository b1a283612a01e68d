"""The settings of NeonOps itself and of its Slack; those of a system outside stand beside its client."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, SecretStr, field_validator

from bot.integrations.setting import address, setting, token
from bot.text.catalogue import languages


class OwnSettings(BaseModel):
    """Where it keeps what, what it is read from, and how Slack reaches it."""

    slack_bot_token: SecretStr | None = token("SLACK_BOT_TOKEN", "Bot token (xoxb-…).")
    slack_app_token: SecretStr | None = token(
        "SLACK_APP_TOKEN", "App-level token (xapp-…): Socket Mode when it is set."
    )
    slack_signing_secret: SecretStr | None = token(
        "SLACK_SIGNING_SECRET", "HTTP mode: Slack calls `/slack/events` on the web port, signed with this."
    )
    slack_api_url: str = address("SLACK_API_URL", "https://slack.com/api/", "Slack's Web API.")
    database_url: SecretStr | None = setting(
        "NEONOPS_DATABASE_URL",
        None,
        "`sqlite:///path` or `postgresql://…`; by default `neonops.db` in the data directory.",
        check="database",
    )
    cluster: bool = setting(
        "NEONOPS_CLUSTER", False, "`true`: other replicas share this PostgreSQL; needs `neonops[cluster]`."
    )
    data_dir: Path = setting("NEONOPS_DATA_DIR", Path("data"), "Directory for the database, step output and backups.")
    runbook: Path | None = setting("NEONOPS_RUNBOOK", None, "The runbook; by default the bundled NeonPro runbook.")
    team: Path | None = setting("NEONOPS_TEAM", None, "The team file: people, roles, channels.")
    workdir: Path | None = setting(
        "NEONOPS_WORKDIR",
        None,
        "Clone of the repository that is deployed: shell steps run in it, or in checkouts made from it.",
    )
    build_dir: Path | None = setting(
        "NEONOPS_BUILD_DIR", None, "Directory for the checkouts and homes of runs; by default the data directory."
    )
    tool_paths: str | None = setting(
        "NEONOPS_TOOL_PATHS",
        None,
        "`:`-separated paths that commands may read, in addition to the system, the tools on PATH and their checkout.",
    )
    web_port: Annotated[int, Field(ge=0, le=65535)] = setting(
        "NEONOPS_WEB_PORT", 0, "Port of `/healthz`, `/readyz`, `/metrics` and HTTP mode; 0 = no web server."
    )
    web_host: str = setting(
        "NEONOPS_WEB_HOST", "127.0.0.1", "Address the web port listens on; `0.0.0.0` or `::` for all."
    )
    public_url: str | None = address(
        "NEONOPS_PUBLIC_URL",
        None,
        "Where the web port is reached from outside (https://…): webhooks of pagers and their one-time links.",
    )
    status_page: bool = setting("NEONOPS_STATUS_PAGE", False, "`true`: the web port serves the public status page.")
    status_url: str | None = address(
        "NEONOPS_STATUS_URL", None, "Public address of the status page: for its links and the ids of its feed."
    )
    status_dir: Path | None = setting(
        "NEONOPS_STATUS_DIR", None, "Directory for a copy of the status page, renewed at each change."
    )
    timezone: str = setting("NEONOPS_TIMEZONE", "America/Sao_Paulo", "The team's time zone: channel names, windows.")
    language: str = setting(
        "NEONOPS_LANGUAGE", "en", "The team's language; `en-XA` is English with accents, a third longer: for tests."
    )

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if value not in (known := languages()):
            raise ValueError(f"{value!r} is not a language of NeonOps; it has {', '.join(known)}")
        return value

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
