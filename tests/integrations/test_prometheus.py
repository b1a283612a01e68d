"""Prometheus: one number or none, never a guess."""

from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from bot.errors import Broken, Denied, OutsideError, Refusal, Rejected, Unreachable
from bot.integrations.prometheus.client import Prometheus, Reading

from .fakes import NOON, FakeTime, Server, Step, ok, run, serving

PATH = "POST /api/v1/query"


def ask(server: Server, query: str = "up", token: str = "") -> Reading:
    async def main() -> Reading:
        async with server.client() as client:
            pace = FakeTime().pace(attempts=2)
            return await Prometheus(
                client, base_url="https://p.test/", token=token, pace=pace, now=lambda: NOON
            ).query(query)  # fmt: skip

    return run(main())


def answer(*values: str, kind: str = "vector", at: float = NOON.timestamp()) -> dict[str, Any]:
    result = [{"metric": {"job": str(number)}, "value": [at, value]} for number, value in enumerate(values)]
    return {"status": "success", "data": {"resultType": kind, "result": result}}


def scalar(value: str) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": "scalar", "result": [NOON.timestamp(), value]}}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (answer("0.0123"), 0.0123),
        (answer("0"), 0.0),
        (answer("+Inf"), float("inf")),
        (answer("1e3", at=NOON.timestamp() - 299), 1000.0),
        (scalar("7"), 7.0),
    ],
)
def test_a_value_is_read_from_its_text(body: dict[str, Any], value: float) -> None:
    assert ask(serving(**{PATH: ok(body)})) == Reading(value)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (answer(), "no data"),
        (answer("NaN"), "nothing to divide by"),
        (scalar("NaN"), "nothing to divide by"),
        (answer("1", at=NOON.timestamp() - 3600), "the newest sample is 1 h old"),
    ],
)
def test_no_data_is_no_value(body: dict[str, Any], why: str) -> None:
    found = ask(serving(**{PATH: ok(body)}))
    assert found.value is None
    assert why in str(found.reason)


@pytest.mark.parametrize(
    ("body", "why"),
    [(answer("1", "2"), "2 series"), (answer(kind="matrix"), "gives a matrix")],
)
def test_what_is_not_one_value_is_refused(body: dict[str, Any], why: str) -> None:
    with pytest.raises(Refusal, match=why):
        ask(serving(**{PATH: ok(body)}))


def failure(kind: str, why: str) -> dict[str, str]:
    return {"status": "error", "errorType": kind, "error": why}


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (ok(failure("bad_data", "parse error"), 400), Rejected),
        (ok(failure("execution", "many-to-many matching"), 422), Rejected),
        (ok(failure("timeout", "query timed out"), 503), Broken),
        (ok({}, 401), Denied),
        (ok({"status": "success"}), Broken),
        (ok(answer("lots")), Broken),
        (ok({"data": {"resultType": "vector", "result": [{"value": []}]}}), Broken),
        (ok({"data": {"resultType": "scalar", "result": []}}), Broken),
        (lambda _: httpx.Response(200, text="<html>"), Broken),
        (httpx.ConnectError("refused"), Unreachable),
    ],
)
def test_what_it_cannot_do_is_an_error_with_its_own_words(step: Step, error: type[OutsideError]) -> None:
    with pytest.raises(error, match="Prometheus"):
        ask(serving(**{PATH: step}))


def test_a_long_query_is_a_form_and_the_token_a_header() -> None:
    server = serving(**{PATH: ok(answer("1"))})
    ask(server, "sum(rate(x[5m]))", token="t0ken")
    sent = server.requests[0]
    assert parse_qs(sent.content.decode()) == {"query": ["sum(rate(x[5m]))"], "timeout": ["5s"]}
    assert sent.headers["authorization"] == "Bearer t0ken"
    ask(server)
    assert "authorization" not in server.requests[1].headers
