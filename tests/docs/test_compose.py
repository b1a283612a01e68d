"""compose.yml and the image: two replicas that share what they have to, with settings that exist."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings, secret_names
from bot.settings.files import file_names

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yml").read_text("utf-8"))["services"])


def replicas(services: dict[str, Any]) -> list[Any]:
    return [each for name, each in services.items() if name.startswith("neonops")]


def test_every_setting_of_the_replicas_exists(services: dict[str, Any]) -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()} | file_names(secret_names())
    given = {name for each in replicas(services) for name in each["environment"]}
    assert given - known == set()


def test_two_replicas_share_database_and_data_and_are_asked_whether_they_are_ready(services: dict[str, Any]) -> None:
    first, second = replicas(services)
    assert first == second
    assert first["environment"]["NEONOPS_CLUSTER"] == "true"
    given = first["environment"]
    assert first["volumes"] == [
        f"neonops-data:{given['NEONOPS_DATA_DIR']}",
        f"neonops-builds:{given['NEONOPS_BUILD_DIR']}",
    ]
    port = first["environment"]["NEONOPS_WEB_PORT"]
    assert f"http://127.0.0.1:{port}/readyz" in first["healthcheck"]["test"][-1]
    assert first["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_the_replicas_have_the_powers_to_switch_users_and_no_others(services: dict[str, Any]) -> None:
    for each in replicas(services):
        assert each["cap_drop"] == ["ALL"]
        assert each["cap_add"] == ["SETUID", "SETGID", "CHOWN", "KILL"]
        assert each["security_opt"] == ["no-new-privileges:true"]
        assert each["read_only"] is True
        assert each["tmpfs"] == ["/tmp"]


def test_secrets_are_files_and_never_values() -> None:
    whole = yaml.safe_load((ROOT / "compose.yml").read_text("utf-8"))
    for each in whole["services"].values():
        named = {value.removeprefix("/run/secrets/") for name, value in each["environment"].items() if "_FILE" in name}
        assert named == set(each["secrets"])
        assert named <= whole["secrets"].keys()
        assert not {"NEONOPS_DATABASE_URL", "POSTGRES_PASSWORD"} & each["environment"].keys()


def test_the_image_starts_as_who_may_switch_users_into_closed_and_passable_directories() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert "\nUSER" not in text
    assert "install -d -m 700 /data" in text
    assert "install -d -m 711 /builds" in text


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    unit = (ROOT / "docs" / "neonops.service").read_text("utf-8")
    (tmp_path / "neonops.service").write_text(unit.replace("/opt/neonops/bin/neonops run", "/bin/true"), "utf-8")
    argv = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "neonops.service")]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_health_check_of_the_replicas_is_a_program(services: dict[str, Any]) -> None:
    for each in replicas(services):
        kind, program, option, code = each["healthcheck"]["test"]
        assert (kind, program, option) == ("CMD", "python", "-c")
        compile(code, "compose.yml", "exec")


def test_the_image_holds_the_extra() -> None:
    assert "'.[cluster]'" in (ROOT / "Dockerfile").read_text("utf-8")
