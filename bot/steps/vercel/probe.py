"""`vercel.probe`: the build that this run made, asked at its own address before it has any traffic."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bot.health.checks import probe_of
from bot.health.response_times import broken_by
from bot.integrations.http.probes import Check, ProbeResult, probe_all
from bot.integrations.vercel.client import Vercel
from bot.runbook.base import Slug
from bot.runbook.sections.services import HttpCheck, Service
from bot.runbook.steps import Reference, Step, StepKind, named
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.text import plural, say, side_by_side


class VercelProbe(Step):
    """Ask the build that this run made, at its own address, before it has any traffic.

    The HTTP checks of the groups are asked there instead of at the service's address. Behind Vercel's Deployment
    Protection they need VERCEL_AUTOMATION_BYPASS_SECRET.
    """

    interruptible: ClassVar[bool] = True
    about_changes: ClassVar[bool] = True
    kind: Literal["vercel.probe"]
    service: Slug
    groups: Annotated[tuple[Slug, ...], Field(min_length=1)]

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield from named("group", ("groups",), self.groups)


BYPASS = "x-vercel-protection-bypass"
"""The header that opens a protected deployment, https://vercel.com/docs/deployment-protection."""


async def run(step: VercelProbe, context: Context) -> Outcome:
    """Done only when every check answers there as it should when live."""
    service = context.runbook.service(step.service)
    built = context.detail_of("vercel.deploy", step.service).get("deployment")
    if built is None:
        return Failed(say("This run has no build of {service} to check.", service=service.title))
    vercel = context.tools.client(Vercel)
    address = vercel.address(await vercel.deployment(built))
    if address is None:
        return Failed(say("Vercel gives {id} no address of its own.", id=built))
    found = await probe_all(context.tools.http, _checks(step, context, service, address))
    return _judged(found, _slow(step, context, found), built, address, context)


def _checks(step: VercelProbe, context: Context, service: Service, address: str) -> list[Check]:
    groups = [context.runbook.health_group(group) for group in step.groups]
    checks = [check for group in groups for check in group.checks if isinstance(check, HttpCheck)]
    return [_moved(probe_of(check), service, address, context) for check in checks]


def _moved(check: Check, service: Service, address: str, context: Context) -> Check:
    """The check of what is live, asked of this build."""
    secret = context.tools.client(Vercel).bypass
    headers = {**check.headers, **({BYPASS: secret} if secret else {})}
    path = check.url.removeprefix(service.url.rstrip("/"))
    return replace(check, url=address.rstrip("/") + path, headers=headers)


def _slow(step: VercelProbe, context: Context, found: Sequence[ProbeResult]) -> int:
    """How many answers took longer than the runbook warns of; a build that nobody has asked yet may."""
    group = {check.id: name for name in step.groups for check in context.runbook.health_group(name).checks}
    return sum(
        broken_by(each.latency_ms, group[each.id], context.runbook.monitoring) is not None
        for each in found
        if each.state == "healthy"
    )


def _judged(found: Sequence[ProbeResult], slow: int, built: str, address: str, context: Context) -> Outcome:
    detail = {"deployment": built, "address": address}
    bad = [each for each in found if each.state != "healthy"]
    if not bad:
        healthy = plural("{count} check healthy", "{count} checks healthy", len(found) - slow)
        count = side_by_side(healthy, say("{count} slow", count=slow) if slow else "", by=", ")
        slowest = max(each.latency_ms or 0 for each in found)
        return Done(say("{count} at its deployment URL, slowest {ms} ms", count=count, ms=slowest), detail)
    if all(_is_protected(each) for each in found):
        return Failed(_protected(context), detail)
    lines = "\n".join(f"{each.title}: {each.reason or each.state}" for each in bad)
    return Failed(say("{id} failed checks at its deployment URL (it has no traffic):", id=built) + "\n" + lines, detail)


def _is_protected(result: ProbeResult) -> bool:
    """Vercel's own page instead of the build: 401, or a redirect to its sign-in."""
    return result.status == 401 or "vercel.com/sso" in (result.reason or "")


def _protected(context: Context) -> str:
    if context.tools.client(Vercel).bypass:
        return say(
            "Vercel's Deployment Protection refuses VERCEL_AUTOMATION_BYPASS_SECRET: copy the project's secret again."
        )
    return say(
        "The build is behind Vercel's Deployment Protection (401): set VERCEL_AUTOMATION_BYPASS_SECRET to the secret "
        "under Protection Bypass for Automation in the project's settings."
    )


KINDS = (StepKind(VercelProbe, run),)
