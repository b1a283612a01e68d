"""`http`: one request; reading requests are probes, others are sent once."""

from typing import ClassVar, Literal

from bot.health.checks import probe_of
from bot.integrations.http.call import HttpCall, request
from bot.integrations.http.probes import fault_in_words, probe
from bot.runbook.sections.requests import HttpRequest
from bot.runbook.steps import Proof, StepKind
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.text import say


class HttpStep(HttpRequest):
    """One request; good when the status (and, for JSON, the field values) are as expected."""

    kind: Literal["http"]
    proves: ClassVar[Proof | None] = Proof.REQUEST


async def run(step: HttpStep, context: Context) -> Outcome:
    """Send it and compare the answer with what the runbook expects."""
    if not step.mutates:
        return await _probe(step, context)
    call = HttpCall(
        step.method, step.url, step.headers, json=step.body, expected=frozenset(step.status),
        timeout_s=step.timeout.total_seconds(),
    )  # fmt: skip
    answer = await request(context.tools.http, call)
    if fault := fault_in_words(probe_of(step), answer):
        return Failed(say("answered {status}, but {fault}", status=answer.status, fault=fault))
    return Done(say("answered {status}", status=answer.status))


async def _probe(step: HttpStep, context: Context) -> Outcome:
    found = await probe(context.tools.http, probe_of(step))
    if found.state == "healthy":
        return Done(say("answered {status} in {ms} ms", status=found.status, ms=found.latency_ms))
    return Failed(found.reason or found.state)


KINDS = (StepKind(HttpStep, run),)
