"""The practice Prometheus under /prometheus, for `PROMETHEUS_URL`: it knows a query by the metrics that it names."""

from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.neonpro.lost_answers import Lost
from sandbox.neonpro.switches import Switches

OLD = 3600
"""Seconds by which samples are behind when they are stale."""


def prometheus_routes(switches: Switches, now: Callable[[], float]) -> list[BaseRoute]:
    async def answer(request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        query = (form.get("query") or request.query_params.getlist("query") or [""])[0]
        match switches.metrics:
            case "unreachable":
                return Lost()
            case "broken":
                return _error(503, "timeout", "query timed out in expression evaluation")
        if not query or query.count("(") != query.count(")"):
            return _error(400, "bad_data", 'invalid parameter "query": 1:1: parse error: unexpected end of input')
        return JSONResponse({"status": "success", "data": {"resultType": "vector", "result": found(query)}})

    def found(query: str) -> list[dict[str, object]]:
        value = reading(switches, query)
        if value is None or switches.metrics == "no data":
            return []
        at = now() - (OLD if switches.metrics == "stale" else 0)
        said = "NaN" if switches.metrics == "no traffic" else f"{value:g}"
        labels = [{"job": "a"}, {"job": "b"}] if switches.metrics == "many series" else [{}]
        return [{"metric": each, "value": [at, said]} for each in labels]

    return [Route("/prometheus/api/v1/query", answer, methods=["GET", "POST"])]


def reading(switches: Switches, query: str) -> float | None:
    """What the practice NeonPro measures for a query; None for one of which it knows nothing."""
    known = {
        "http_request_duration": float(switches.response_p95_ms),
        "http_requests_total": max(switches.error_rate, switches.error_rate_seen) + 0.12,
        "node_memory": float(switches.memory_percent),
        "node_cpu": float(switches.cpu_percent),
        "num_backends": float(switches.connections_percent),
    }
    return next((value for name, value in known.items() if name in query), None)


def _error(status: int, kind: str, message: str) -> Response:
    return JSONResponse({"status": "error", "errorType": kind, "error": message}, status)
