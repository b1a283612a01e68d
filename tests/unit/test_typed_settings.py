"""Settings: typed, from values; what is wrong is named, secrets are not shown."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import Refusal
from bot.settings import Settings, fixed_settings, load_settings


def test_without_values_there_are_defaults() -> None:
    settings = fixed_settings({})
    assert settings.slack_bot_token is None
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.zone == ZoneInfo("America/Sao_Paulo")
    assert settings.database == "sqlite:///data/neonops.db"


def test_the_database_is_in_the_data_directory_unless_it_is_named() -> None:
    assert fixed_settings({"NEONOPS_DATA_DIR": "/var/lib/x"}).database == "sqlite:////var/lib/x/neonops.db"
    url = "postgresql://bot:pw@db/neonops"
    assert fixed_settings({"NEONOPS_DATABASE_URL": url}).database == url


@pytest.mark.parametrize("written", ["http://127.0.0.1:1/api", "http://127.0.0.1:1/api/"])
def test_slack_s_address_ends_with_a_slash(written: str) -> None:
    assert fixed_settings({"SLACK_API_URL": written}).slack_api_url == "http://127.0.0.1:1/api/"


@pytest.mark.parametrize(
    ("name", "value"),
    [("NEONOPS_WEB_PORT", "eighty"), ("NEONOPS_TIMEZONE", "Mars/Olympus"), ("NEONOPS_TIMEZONE", "../etc/passwd")],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(Refusal, match=f"The setting {name} is invalid: "):
        fixed_settings({name: value})


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEONOPS_WEB_PORT", "")
    assert load_settings().web_port == 0


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("NEONOPS_WEB_PORT=1\nNEONOPS_TIMEZONE=Europe/Lisbon\nSOMETHING_ELSE=x\n")
    monkeypatch.setenv("NEONOPS_WEB_PORT", "2")
    monkeypatch.delenv("NEONOPS_TIMEZONE", raising=False)
    settings = load_settings()
    assert (settings.web_port, settings.timezone) == (2, "Europe/Lisbon")


def test_fixed_settings_look_at_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEONOPS_WEB_PORT", "4711")
    assert fixed_settings({}).web_port == 0


SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-hunter2",
    "SLACK_APP_TOKEN": "xapp-hunter2",
    "SLACK_SIGNING_SECRET": "sign-hunter2",
    "NEONOPS_DATABASE_URL": "postgresql://bot:hunter2@db/x",
    "VERCEL_TOKEN": "vercel-hunter2",
    "SUPABASE_ACCESS_TOKEN": "sbp-hunter2",
    "NEONPRO_DATABASE_URL": "postgresql://ro:hunter2@db/y",
    "GITHUB_TOKEN": "gh-hunter2",
}


def test_every_secret_is_known_to_the_masker_and_shown_nowhere() -> None:
    settings = fixed_settings(SECRETS)
    assert set(settings.secrets()) == set(SECRETS.values())
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        fixed_settings({}).web_port = 1


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description and field.validation_alias for field in Settings.model_fields.values())
