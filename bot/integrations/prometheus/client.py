"""Prometheus' instant queries: one number, or why there is none. No data is never 0.

Shapes and statuses: https://prometheus.io/docs/prometheus/latest/querying/api. A sample is [seconds, "value"], and the
value may be "NaN" or "+Inf". 400 is a query that cannot be read, 422 one that cannot be carried out, 503 one that took
too long.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from pydantic import Field, ValidationError

from bot.errors import Broken, Refusal
from bot.integrations.http.api import Api, Pace, Shape
from bot.text import say, span

MAX_AGE = timedelta(minutes=5)
"""A sample that is older says nothing of now; Prometheus itself looks back as long."""
TIMEOUT_S = 5
_HINT = "Check PROMETHEUS_TOKEN and that it may query PROMETHEUS_URL."


@dataclass(frozen=True)
class Reading:
    """What a query reads now. Without a `value` there is no data, and `reason` says why. Infinity is a value."""

    value: float | None
    reason: str | None = None


class _Data(Shape):
    kind: str = Field(validation_alias="resultType")
    result: list[Any]


class _Vector(Shape):
    value: tuple[float, str]


def no_data(reason: str) -> Reading:
    """A reading without a value."""
    return Reading(None, reason)


class Prometheus:
    """One Prometheus, or whatever answers its query API (Grafana's data source proxy, Thanos, Mimir)."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        base_url: str,
        token: str = "",
        pace: Pace | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._api = Api(client, "Prometheus", base_url, token, say(_HINT), pace=pace or Pace(attempts=2))
        self._now = now

    async def query(self, promql: str) -> Reading:
        """The query's value at this moment.

        Raises:
            OutsideError: it did not answer, or cannot carry the query out.
            Refusal: the query gives more than one series, so that there is no one value.
        """
        response = await self._api.read(
            "/api/v1/query",
            method="POST",
            form={"query": promql, "timeout": f"{TIMEOUT_S}s"},
            what=say("the query"),
        )
        data = self._api.shaped(_Data, response, "data")
        try:
            return self._reading(data)
        except (ValidationError, ValueError, OverflowError):
            raise Broken("Prometheus", say("it answered in an unknown format")) from None

    def _reading(self, data: _Data) -> Reading:
        if data.kind == "scalar":
            return self._judged(_Vector.model_validate({"value": data.result}))
        if data.kind != "vector":
            raise Refusal(say("The query gives a {kind}, not one value.", kind=data.kind))
        if len(data.result) > 1:
            sentence = say("The query gives {count} series: it must aggregate them to one.", count=len(data.result))
            raise Refusal(sentence)
        return self._judged(_Vector.model_validate(data.result[0])) if data.result else no_data(say("no data"))

    def _judged(self, sample: _Vector) -> Reading:
        at, value = datetime.fromtimestamp(sample.value[0], UTC), float(sample.value[1])
        age = self._now() - at
        if age > MAX_AGE:
            return no_data(say("the newest sample is {age} old", age=span(age)))
        return (
            no_data(say("no data (nothing to divide by, such as no traffic)")) if math.isnan(value) else Reading(value)
        )
