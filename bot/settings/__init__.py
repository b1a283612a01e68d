"""Every setting, typed, from the environment or `.env` in the working directory."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, SecretStr, ValidationError, ValidationInfo, field_validator

from bot.errors import Refusal
from bot.integrations.github.settings import GitHubSettings
from bot.integrations.instatus.settings import InstatusSettings
from bot.integrations.pagerduty.settings import PagerDutySettings
from bot.integrations.postgres.settings import PostgresSettings
from bot.integrations.prometheus.settings import PrometheusSettings
from bot.integrations.statuspage.settings import StatuspageSettings
from bot.integrations.supabase.settings import SupabaseSettings
from bot.integrations.twilio.settings import TwilioSettings
from bot.integrations.vercel.settings import VercelSettings
from bot.settings.dsn import database_url, reading_url, sqlite_url
from bot.settings.env_file import read_env_file
from bot.settings.files import file_names, fill
from bot.settings.names import strangers
from bot.settings.own import OwnSettings
from bot.settings.values import address, token, trimmed
from bot.text import say

ENV_FILE = Path(".env")
"""Where settings stand beside the environment: in the directory in which the bot starts."""


class Settings(
    TwilioSettings, PagerDutySettings, GitHubSettings, PrometheusSettings, PostgresSettings, SupabaseSettings,
    VercelSettings, StatuspageSettings, InstatusSettings, OwnSettings,
):  # fmt: skip
    """What an installation sets. Every address outside is here, every secret is a SecretStr."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _readable(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str):
            return value
        check = _CHECKS.get(_check_of(info.field_name or ""))
        return check(trimmed(value)) if check else trimmed(value)

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
    def doors_url(self) -> str:
        """Where the web port is reached from outside; empty when it is not."""
        return self.public_url.rstrip("/") if self.public_url and self.web_port else ""

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


_CHECKS: dict[str, Callable[[str], str]] = {
    "token": token,
    "address": address,
    "database": database_url,
    "reading": reading_url,
}
"""What a value has to be."""


def _check_of(field: str) -> str:
    extra = Settings.model_fields[field].json_schema_extra
    return str(extra.get("check")) if isinstance(extra, dict) else ""


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
    sentence = "The setting {name} is invalid: {why}."
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
