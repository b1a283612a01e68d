"""Prometheus' settings."""

from pydantic import BaseModel, SecretStr

from bot.integrations.setting import address, token


class PrometheusSettings(BaseModel):
    """Where it is, and its token."""

    prometheus_url: str | None = address(
        "PROMETHEUS_URL",
        None,
        "Prometheus (or anything with its query API): metrics checks, soaks, monitoring.",
    )
    prometheus_token: SecretStr | None = token("PROMETHEUS_TOKEN", "Bearer token for PROMETHEUS_URL, if required.")
