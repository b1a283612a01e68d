"""Every setting, typed, from the environment or `.env` in the working directory."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator

from bot.errors import Refusal
from bot.settings.dsn import database_url, reading_url, sqlite_url
from bot.settings.env_file import read_env_file
from bot.settings.files import file_names, fill
from bot.settings.names import strangers
from bot.settings.values import address, token, trimmed
from bot.text import say

ENV_FILE = Path(".env")
"""Where settings stand beside the environment: in the directory in which the bot starts."""


def _env(name: str, default: object, text: str) -> Any:
    return Field(default=default, validation_alias=name, description=text)


class Settings(BaseModel):
    """What an installation sets. Every address outside is here, every secret is a SecretStr."""

    model_config = ConfigDict(extra="ignore", frozen=True)

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
    build_dir: Path | None = _env(
        "NEONOPS_BUILD_DIR", None, "Where runs have their checkouts and homes; by default the data directory."
    )
    tool_paths: str | None = _env(
        "NEONOPS_TOOL_PATHS",
        None,
        "`:`-separated: what commands may read beside the system, the tools on PATH and their checkout.",
    )
    web_port: Annotated[int, Field(ge=0, le=65535)] = _env(
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

    @field_validator("*", mode="before")
    @classmethod
    def _readable(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str):
            return value
        check = _CHECKS.get(info.field_name or "")
        return check(trimmed(value)) if check else trimmed(value)

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
        return sqlite_url(self.data_dir / "neonops.db")

    @property
    def builds(self) -> Path:
        """Where runs have their checkouts and homes."""
        return (self.build_dir or self.data_dir).resolve()

    @property
    def tools(self) -> list[Path]:
        """What commands may read beside the rest."""
        return [Path(each) for each in (self.tool_paths or "").split(os.pathsep) if os.path.isabs(each)]

    def secrets(self) -> Iterator[str]:
        """Every secret value, for the masker."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                yield value.get_secret_value()


_TOKENS = (
    "slack_bot_token", "slack_app_token", "slack_signing_secret", "vercel_token", "vercel_team_id",
    "vercel_automation_bypass_secret", "supabase_access_token", "supabase_project_ref", "prometheus_token",
    "github_token",
)  # fmt: skip
_ADDRESSES = ("slack_api_url", "vercel_api_url", "supabase_api_url", "prometheus_url", "github_api_url")
_CHECKS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(_TOKENS, token),
    **dict.fromkeys(_ADDRESSES, address),
    "database_url": database_url,
    "neonpro_database_url": reading_url,
}
"""What a value has to be, by field."""


class SettingsError(Refusal):
    """Settings are wrong: a sentence for each, which never holds a value that may be a secret."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def load_settings() -> Settings:
    """The settings of this process, from its environment and `.env`.

    Raises:
        SettingsError: what is wrong with them.
    """
    return fixed_settings(_written())


def fixed_settings(values: Mapping[str, str]) -> Settings:
    """Settings from these values alone: neither this process's environment nor a `.env` file is looked at.

    Raises:
        SettingsError: what is wrong with them.
    """
    sifted = sift(values)
    sentence = "The setting {name} is wrong: {why}."
    faults = [*sifted.unknown, *(say(sentence, name=name, why=why) for name, why in sifted.invalid.items())]
    if faults:
        raise SettingsError(faults)
    return sifted.settings


@dataclass(frozen=True)
class Sifted:
    """Settings with the default in place of each that is `invalid` (why, by name); sentences about `unknown` names."""

    settings: Settings
    invalid: Mapping[str, str]
    unknown: tuple[str, ...]


def sift(values: Mapping[str, str]) -> Sifted:
    """The settings that these values make, and what is wrong with them."""
    known = {str(field.validation_alias): field.default for field in Settings.model_fields.values()}
    filled = fill({name.upper(): value for name, value in values.items() if value.strip()}, secret_names())
    given = known | {name: value for name, value in filled.values.items() if name in known}
    invalid: dict[str, str] = {}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        invalid = {str(each["loc"][0]): _why(each["msg"]) for each in error.errors(include_input=False)}
        settings = Settings(**given | {name: known[name] for name in invalid})
    return Sifted(settings, invalid | filled.faults, _unknown(values))


def secret_names() -> list[str]:
    """The settings that are secrets."""
    fields = Settings.model_fields.values()
    return [str(field.validation_alias) for field in fields if field.annotation == SecretStr | None]


def _why(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Input should", "it should")


def environment() -> dict[str, str]:
    """This process's environment over what stands in `.env`: for settings, variables of the runbook, and steps.

    Raises:
        SettingsError: what is wrong with the file, and names that look like settings and are none.
    """
    values = _written()
    if faults := _unknown(values):
        raise SettingsError(faults)
    return values


def _written() -> dict[str, str]:
    written = read_env_file(ENV_FILE)
    if written.faults:
        raise SettingsError(written.faults)
    return {**written.values, **os.environ}


def _unknown(values: Mapping[str, str]) -> tuple[str, ...]:
    files = file_names(secret_names())
    others = {name: value for name, value in values.items() if name.upper() not in files}
    return tuple(strangers(others, [str(field.validation_alias) for field in Settings.model_fields.values()]))
