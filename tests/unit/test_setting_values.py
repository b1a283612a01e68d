"""What a setting may hold: what is wrong is said in words that never hold the value."""

import re

import pytest

from bot.errors import Refusal
from bot.settings import Settings, fixed_settings

TOKEN = "xoxb-1-hunter2"
CHARACTERS = ["\u00a0", "\u200b", "\ufeff", "\u2060", "\u202e", "\u3000", "\x00", " ", "\n", "\t", "“", "é"]


@pytest.mark.parametrize("around", ["{} ", " {}", "{}\n", "{}\r\n", "\t{}\n\n"])
@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "VERCEL_TOKEN", "GITHUB_TOKEN"])
def test_white_space_around_a_token_is_taken_off(name: str, around: str) -> None:
    assert list(fixed_settings({name: around.format(TOKEN)}).secrets()) == [TOKEN]


@pytest.mark.parametrize("char", CHARACTERS, ids=ascii)
@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SUPABASE_ACCESS_TOKEN", "PROMETHEUS_TOKEN"])
def test_a_character_that_no_token_has_is_refused_in_words(name: str, char: str) -> None:
    with pytest.raises(Refusal, match=rf"{name} is invalid: it contains the character U\+{ord(char):04X} ") as refusal:
        fixed_settings({name: TOKEN[:5] + char + TOKEN[5:]})
    assert "hunter2" not in str(refusal.value)


def test_a_token_in_quotation_marks_is_refused() -> None:
    with pytest.raises(Refusal, match="VERCEL_TOKEN is invalid: it contains a quotation mark: write it without quotes"):
        fixed_settings({"VERCEL_TOKEN": f'"{TOKEN}"'})


@pytest.mark.parametrize("value", ["", " ", "\n"])
def test_a_setting_of_nothing_but_white_space_is_not_set(value: str) -> None:
    assert fixed_settings({"SLACK_BOT_TOKEN": value, "NEONOPS_WEB_PORT": value}) == Settings()


@pytest.mark.parametrize(
    "url", ["slack.com/api", "ftp://slack.com", "https://", "https://a:99999/", "https://a b/", "https://u:p/w@host/"]
)
@pytest.mark.parametrize("name", ["SLACK_API_URL", "VERCEL_API_URL", "PROMETHEUS_URL"])
def test_an_address_is_one(name: str, url: str) -> None:
    with pytest.raises(Refusal, match=f"{name} is invalid: it is not an address; write https://host"):
        fixed_settings({name: url})


@pytest.mark.parametrize("port", ["-1", "65536", "99999"])
def test_a_port_is_one(port: str) -> None:
    with pytest.raises(Refusal, match="NEONOPS_WEB_PORT is invalid: it should be"):
        fixed_settings({"NEONOPS_WEB_PORT": port})


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(Refusal) as refusal:
        fixed_settings({"NEONOPS_TAEM": "team.yml", "NEONOPS_WEB_PORT": "x", "VERCEL_API_URL": "x"})
    named = [re.search(r"[A-Z]+_[A-Z_]+", line) for line in str(refusal.value).splitlines()]
    assert [each.group() for each in named if each] == ["NEONOPS_TAEM", "NEONOPS_WEB_PORT", "VERCEL_API_URL"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NEONOPS_TAEM", "did you mean NEONOPS_TEAM?"),
        ("NEONOPS_DATABSE_URL", "did you mean NEONOPS_DATABASE_URL?"),
        ("neonops_webport", "did you mean NEONOPS_WEB_PORT?"),
        ("NEONOPS_WBE_PORT", "did you mean NEONOPS_WEB_PORT?"),
        ("NEONOPS_XYZZY", "remove it. Settings are NEONOPS_DATABASE_URL, NEONOPS_CLUSTER, "),
    ],
)
def test_a_name_that_is_no_setting_is_named_with_the_nearest(name: str, words: str) -> None:
    with pytest.raises(Refusal, match=rf"{name} is not a setting.*{words.replace('?', '[?]')}") as refusal:
        fixed_settings({name: "s3cret"})
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEONOPS_SERVICE_HOST", "10.0.0.7"),
        ("NEONOPS_SERVICE_PORT_HTTP", "8080"),
        ("NEONOPS_PORT", "tcp://10.0.0.7:8080"),
        ("NEONOPS_WEB_PORT_8080_TCP_ADDR", "10.0.0.7"),
        ("NEONOPS_DB_PASSWORD", "compose.yml is filled from it"),
        ("SOMETHING_ELSE", "x"),
    ],
)
def test_names_of_others_are_left_alone(name: str, value: str) -> None:
    assert fixed_settings({name: value}) == Settings()


def test_a_setting_may_be_written_in_small_letters() -> None:
    assert fixed_settings({"neonops_web_port": "4711"}).web_port == 4711
