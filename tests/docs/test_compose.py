"""compose.yml and the image: two replicas that share what they have to, with settings that exist."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yml").read_text("utf-8"))["services"])


def replicas(services: dict[str, Any]) -> list[Any]:
    return [each for name, each in services.items() if name.startswith("neonops")]


def test_every_setting_of_the_replicas_exists(services: dict[str, Any]) -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    given = {name for each in replicas(services) for name in each["environment"]}
    assert given - known == set()


def test_two_replicas_share_database_and_data_and_are_asked_whether_they_are_ready(services: dict[str, Any]) -> None:
    first, second = replicas(services)
    assert first == second
    assert first["environment"]["NEONOPS_CLUSTER"] == "true"
    assert first["volumes"] == [f"neonops-data:{first['environment']['NEONOPS_DATA_DIR']}"]
    port = first["environment"]["NEONOPS_WEB_PORT"]
    assert f"http://127.0.0.1:{port}/readyz" in first["healthcheck"]["test"][-1]
    assert first["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_the_health_check_of_the_replicas_is_a_program(services: dict[str, Any]) -> None:
    for each in replicas(services):
        kind, program, option, code = each["healthcheck"]["test"]
        assert (kind, program, option) == ("CMD", "python", "-c")
        compile(code, "compose.yml", "exec")


def test_the_image_holds_the_extra() -> None:
    assert "'.[cluster]'" in (ROOT / "Dockerfile").read_text("utf-8")
