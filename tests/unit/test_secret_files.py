"""Secrets in files of their own: `…_FILE` for every secret setting, read trimmed, refused in a sentence when wrong."""

from pathlib import Path

import pytest

from bot.cli.diagnosis.exposure import look
from bot.people import Team
from bot.settings import SettingsError, fixed_settings, secret_names, sift

VALUES = {"NEONOPS_DATABASE_URL": "postgresql://u:p@host/db", "NEONPRO_DATABASE_URL": "postgresql://u:p@host/db"}


def written(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "secret"
    path.write_bytes(data)
    path.chmod(0o600)
    return str(path)


@pytest.mark.parametrize("name", secret_names())
def test_every_secret_may_stand_in_a_file(tmp_path: Path, name: str) -> None:
    value = VALUES.get(name, "xoxb-1-2-abc")
    settings = fixed_settings({f"{name}_FILE": written(tmp_path, f"\n  {value} \r\n".encode())})
    assert value in set(settings.secrets())
    assert list(settings.secrets()) == [value]


def fault(**values: str) -> str:
    with pytest.raises(SettingsError) as refused:
        fixed_settings(values)
    (sentence,) = refused.value.faults
    return sentence


def test_both_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"xoxb-file")
    said = fault(SLACK_BOT_TOKEN="xoxb-given", SLACK_BOT_TOKEN_FILE=path)
    assert said == ("The setting SLACK_BOT_TOKEN is invalid: SLACK_BOT_TOKEN_FILE is set as well: keep one of the two.")


WRONG = {
    "missing": (None, "cannot be read: No such file"),
    "empty": (b" \n", "which is empty"),
    "UTF-16": ("xoxb-1".encode("utf-16"), "UTF-16"),
    "two lines": (b"xoxb-1\nxoxb-2", "character"),
    "a no-break space behind it": ("xoxb-1\u00a0".encode(), "U+00A0"),
}


@pytest.mark.parametrize(("data", "why"), WRONG.values(), ids=WRONG.keys())
def test_a_file_that_is_none_is_a_sentence_without_its_text(tmp_path: Path, data: bytes | None, why: str) -> None:
    path = str(tmp_path / "nowhere") if data is None else written(tmp_path, data)
    said = fault(SLACK_BOT_TOKEN_FILE=path)
    assert said.startswith("The setting SLACK_BOT_TOKEN is invalid: ")
    assert why in said
    assert "xoxb" not in said


def test_a_file_is_for_secrets_only() -> None:
    assert "NEONOPS_TIMEZONE_FILE is not a setting" in fault(NEONOPS_TIMEZONE_FILE="/x")


def test_the_doctor_goes_on_without_it() -> None:
    sifted = sift({"VERCEL_TOKEN_FILE": "/nowhere", "NEONOPS_WEB_PORT": "8080"})
    assert list(sifted.invalid) == ["VERCEL_TOKEN"]
    assert sifted.settings.web_port == 8080


def warned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir(mode=0o700)
    team = Team.model_validate({"people": {"a": {"name": "A", "page": ["pover://u@t"]}}})
    values = {"SLACK_BOT_TOKEN_FILE": written(tmp_path, b"xoxb-1"), "NEONOPS_TEAM": str(tmp_path / "team.yml")}
    for name in (".env", "secret", "team.yml"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    (tmp_path / "data").chmod(mode | 0o700)
    return "\n".join(map(str, look(fixed_settings(values), values, team)))


def test_the_doctor_complains_of_secrets_that_others_can_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = warned(monkeypatch, tmp_path, 0o640)
    assert [name for name in (".env", "secret", "team.yml", "data") if f"{name}." in said] == [
        ".env", "secret", "team.yml", "data",
    ]  # fmt: skip
    assert "chmod 600" in said


def test_it_says_nothing_of_what_is_closed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert warned(monkeypatch, tmp_path, 0o600) == ""


def test_a_secret_behind_a_link_is_looked_at_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "real" / "env").touch(mode=0o644)
    (tmp_path / ".env").symlink_to(tmp_path / "real" / "env")
    (tmp_path / "data").mkdir(mode=0o700)
    (found,) = look(fixed_settings({"NEONOPS_DATA_DIR": str(tmp_path / "data")}), {}, None)
    assert "Other users can access .env." in str(found)
