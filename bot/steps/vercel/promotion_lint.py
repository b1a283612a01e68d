"""What the steps that move traffic need: a Vercel project, a build to probe and promote, a change to wait for."""

from collections.abc import Iterator
from itertools import chain

from bot.runbook.model import Procedure, Runbook
from bot.runbook.problems import Finding
from bot.runbook.sections.services import HttpCheck
from bot.runbook.step_paths import all_steps, steps_of
from bot.runbook.steps import Step
from bot.steps.vercel.deploy import VercelDeploy
from bot.steps.vercel.listing import VercelList
from bot.steps.vercel.probe import VercelProbe
from bot.steps.vercel.promotion import VercelPromote, VercelRollback
from bot.steps.vercel.wait_alias import VercelWaitAlias
from bot.text import say


def traffic(runbook: Runbook) -> Iterator[Finding]:
    """Everything wrong with them."""
    return chain(_vercel(runbook), _order(runbook), _probes(runbook))


def _vercel(runbook: Runbook) -> Iterator[Finding]:
    projects = {service.id for service in runbook.services if service.vercel_project}
    known = {service.id for service in runbook.services}
    told: set[str] = set()
    for path, step in all_steps(runbook):
        for service in sorted(_vercel_services(step) & known - projects - told):
            told.add(service)
            reason = say("the service {service!r} has no vercel_project", service=service)
            yield Finding((*path, "services" if isinstance(step, VercelList) else "service"), reason, service)


def _vercel_services(step: Step) -> set[str]:
    match step:
        case VercelList():
            return set(step.services)
        case VercelDeploy() | VercelProbe() | VercelPromote() | VercelRollback() | VercelWaitAlias():
            return {step.service}
        case _:
            return set()


def _order(runbook: Runbook) -> Iterator[Finding]:
    """A probe or promote needs the deployment that its own run built; waiting needs something to wait for."""
    known = {service.id for service in runbook.services}
    for index, procedure in enumerate(runbook.procedures):
        # Where a service is misspelt, nobody can tell which step is missing.
        if all(_vercel_services(step) <= known for _, step in procedure.steps()):
            yield from _order_of(procedure, index)


def _order_of(procedure: Procedure, index: int) -> Iterator[Finding]:
    """What is missing is told once for each service."""
    built: set[str] = set()
    moved: set[str] = set()
    for path, step in steps_of(procedure, index):
        if isinstance(step, VercelProbe | VercelPromote) and step.service not in built:
            yield Finding((*path, "kind"), say("there is no vercel.deploy of this service before it"))
        if isinstance(step, VercelWaitAlias) and step.service not in moved:
            yield Finding((*path, "kind"), say("there is no promote or rollback of this service before it"))
        built |= {step.service} if isinstance(step, VercelDeploy | VercelProbe | VercelPromote) else set()
        moved |= {step.service} if isinstance(step, VercelPromote | VercelRollback | VercelWaitAlias) else set()


def _probes(runbook: Runbook) -> Iterator[Finding]:
    """What is asked of a build at its own address is what is asked below the service's address, and nothing else."""
    urls = {service.id: service.url.rstrip("/") + "/" for service in runbook.services}
    groups = {group.id: group for group in runbook.health}
    for path, step in all_steps(runbook):
        for index, name in enumerate(step.groups if isinstance(step, VercelProbe) else ()):
            checks = [each for each in groups[name].checks if isinstance(each, HttpCheck)] if name in groups else []
            outside = [each for each in checks if not f"{each.url}/".startswith(urls.get(step.service or "", ""))]
            if name in groups and (outside or not checks):
                reason = say("a check of {name!r} is not below the address of {service!r}", name=name,
                             service=step.service)  # fmt: skip
                yield Finding((*path, "groups", index), reason, name)


LINT = (traffic,)
