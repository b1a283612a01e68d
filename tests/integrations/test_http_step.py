"""HTTP checks and `http` steps: whatever their method, the body is sent and the answer is judged by what it says."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.health.checks import look
from bot.integrations.statuspage.client import StatusCache
from bot.kinds import KINDS
from bot.machine.clock import SystemClock
from bot.masking import Masker
from bot.runbook.load import bundled_path, load
from bot.runbook.sections.services import HealthGroup
from bot.runs.model import Run, RunState, StepRecord, StepState
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.steps import http
from bot.steps.http import HttpStep
from bot.tools import Tools

from .fakes import Server, ok, run, serving

NOW = datetime(2026, 3, 1, tzinfo=UTC)
RUNBOOK = load(bundled_path(), {}).runbook
ASKED: dict[str, Any] = {"id": "ask", "text": "Ask", "url": "https://x.test/graphql", "body": {"query": "{ready}"}}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
WELL = {"data": {"ready": True}, "status": "queued"}
ILL = {"data": {"ready": False}, "status": "queued"}


def tools(server: Server) -> Tools:
    client = server.client()
    return Tools(client, SystemClock(), Masker(), StatusCache(client))


def outcome(server: Server, method: str, **expected: Any) -> Outcome:
    step = HttpStep.model_validate({**ASKED, "kind": "http", "method": method, **expected})
    record = StepRecord(1, "ask", "p", 0, StepState.STARTED, attempt=1)
    of = Run(1, "deploy", KINDS["deploy"], RunState.ACTIVE, "", "Deploy", "U1", NOW)
    procedure = RUNBOOK.procedure("deploy")
    return run(http.run(step, Context(of, record, RUNBOOK, procedure, {}, tools(server), Path())))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("answer", "expected", "fault"),
    [
        (WELL, {"contains": "ready", "json_values": {"data.ready": [True], "status": ["queued"]}}, None),
        (ILL, {"json_values": {"data.ready": [True]}}, "data.ready is false, expected true"),
        (WELL, {"contains": "all good"}, 'does not contain "all good"'),
        (WELL, {"json_values": {"data.nothing": [1]}}, "data.nothing is missing"),
    ],
)
def test_a_step_is_judged_by_what_the_answer_says(
    method: str, answer: object, expected: dict[str, Any], fault: str | None
) -> None:
    found = outcome(serving(**{f"{method} /graphql": ok(answer)}), method, **expected)
    assert isinstance(found, Failed if fault else Done)
    assert (fault or "answered 200") in found.found


@pytest.mark.parametrize("method", METHODS[1:])
def test_a_change_that_asks_for_nothing_is_judged_by_its_status_alone(method: str) -> None:
    assert isinstance(outcome(serving(**{f"{method} /graphql": ok(WELL)}), method), Done)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("answer", "state"), [(WELL, "healthy"), (ILL, "unhealthy")])
def test_a_health_check_is_asked_as_it_is_written(method: str, answer: object, state: str) -> None:
    server = serving(**{f"{method} /graphql": ok(answer)})
    check = {**ASKED, "method": method, "json_values": {"data.ready": [True], "status": ["queued"]}}
    group = HealthGroup.model_validate({"id": "api", "title": "API", "checks": [check]})
    report = run(look(tools(server), [group]))
    assert [each.state for each in report.results] == [state]
    assert [(each.method, each.read()) for each in server.requests] == [(method, b'{"query":"{ready}"}')]


def test_a_head_check_is_judged_by_its_status() -> None:
    found = outcome(serving(**{"HEAD /graphql": httpx.Response(200)}), "HEAD", contains="ready")
    assert isinstance(found, Done)
