"""Whether what one part of a runbook names is there: procedures, services, vendors, groups, metrics, roles."""

from collections.abc import Iterator

from bot.runbook.model import Runbook
from bot.runbook.problems import Finding, Path, quoted
from bot.runbook.steps import named
from bot.text import plural, say

Named = Iterator[tuple[str, Path, str]]
"""What is named (the word for its kind), where, and the name."""


def references(runbook: Runbook) -> Iterator[Finding]:
    """Names that nothing has, and roles that have no permission."""
    known = _known(runbook)
    lost: dict[tuple[str, str], list[Path]] = {}
    for what, path, name in _all_names(runbook):
        # Of two that have one id, one was meant to have another: that is told already.
        if name not in known[what] and len(set(known[what])) == len(known[what]):
            lost.setdefault((what, name), []).append(path)
    for (what, name), paths in lost.items():
        reason = say("{name} is not a {what} of this runbook", name=quoted(name), what=what)
        one, many = "{reason} (also named in {count} more place)", "{reason} (also named in {count} more places)"
        told = plural(one, many, len(paths) - 1, reason=reason) if len(paths) > 1 else reason
        yield Finding(paths[0], told, name, tuple(known[what]))


def _known(runbook: Runbook) -> dict[str, list[str]]:
    """A role is known when it may do something: who has a duty must at least be able to respond."""
    return {
        "procedure": [each.id for each in runbook.procedures],
        "service": [each.id for each in runbook.services],
        "vendor": [each.id for each in runbook.vendors],
        "group": [each.id for each in runbook.health],
        "metric": [each.id for each in runbook.monitoring.metrics] if runbook.monitoring else [],
        "severity": [each.id for each in runbook.severities],
        "role": sorted({role for roles in runbook.permissions.values() for role in roles}),
    }


def role_names(runbook: Runbook) -> tuple[str, ...]:
    """Every role that the runbook names, in alphabetical order."""
    named = {role for roles in runbook.permissions.values() for role in roles}
    return tuple(sorted(named | {name for what, _, name in _all_names(runbook) if what == "role"}))


def _all_names(runbook: Runbook) -> Named:
    for index, procedure in enumerate(runbook.procedures):
        for phase_index, phase in enumerate(procedure.phases):
            path: Path = ("procedures", index, "phases", phase_index)
            yield from _one("service", (*path, "service"), phase.service)
            for step_index, step in enumerate(phase.steps):
                yield from ((what, (*path, "steps", step_index, *at), name) for what, at, name in step.references())
    for index, group in enumerate(runbook.health):
        for position, check in enumerate(group.checks):
            yield from _one("service", ("health", index, "checks", position, "service"), check.service)
    yield from _of_sections(runbook)
    yield from _of_people(runbook)


def _of_sections(runbook: Runbook) -> Named:
    yield from named("service", ("deploys", "only_in_maintenance"), runbook.deploys.only_in_maintenance)
    for index, shown in enumerate(runbook.status_page.incidents if runbook.status_page else ()):
        yield "severity", ("status_page", "incidents", index, "severity"), shown.severity
        yield from named("service", ("status_page", "incidents", index, "services"), shown.services or ())
    for index, push in enumerate(runbook.status_page.push if runbook.status_page else ()):
        yield from named("service", ("status_page", "push", index, "components"), tuple(push.components))
    if runbook.backups:
        yield "procedure", ("backups", "verification"), runbook.backups.verification
        yield "procedure", ("backups", "recovery"), runbook.backups.recovery
    if runbook.maintenance:
        yield "procedure", ("maintenance", "procedure"), runbook.maintenance.procedure
    for index, watch in enumerate(runbook.deploys.watch):
        yield "metric", ("deploys", "watch", index, "metric"), watch.metric
    if runbook.monitoring:
        for index, metric in enumerate(runbook.monitoring.metrics):
            yield from named("group", ("monitoring", "metrics", index, "groups"), metric.groups or ())
        for index, threshold in enumerate(runbook.monitoring.thresholds):
            yield "metric", ("monitoring", "thresholds", index, "metric"), threshold.metric


def _of_people(runbook: Runbook) -> Named:
    for index, severity in enumerate(runbook.severities):
        yield "procedure", ("severities", index, "procedure"), severity.procedure
        yield from named("role", ("severities", index, "invite"), severity.invite)
        yield from named("role", ("severities", index, "alert"), severity.alert or ())
    for index, role in enumerate(runbook.incident_roles):
        yield from named("severity", ("incident_roles", index, "wanted"), role.wanted)
    for index, template in enumerate(runbook.update_templates):
        yield from named("severity", ("update_templates", index, "severities"), template.severities)
    for index, contact in enumerate(runbook.contacts):
        yield "role", ("contacts", index, "role"), contact.role
    for index, level in enumerate(runbook.escalation):
        yield from named("role", ("escalation", index, "roles"), level.roles)
    for index, check in enumerate(runbook.compliance.checks if runbook.compliance else ()):
        yield from named("role", ("compliance", "checks", index, "roles"), check.roles)
    if runbook.legal:
        yield from named("role", ("legal", "reminded"), runbook.legal.reminded)
        yield from named("role", ("legal", "deciders"), runbook.legal.deciders)
        yield from named("severity", ("legal", "asked"), runbook.legal.asked)
    for index, review in enumerate(runbook.upkeep.reviews if runbook.upkeep else ()):
        yield from named("role", ("upkeep", "reviews", index, "roles"), review.roles)


def _one(what: str, path: Path, name: str | None) -> Named:
    if name is not None:
        yield what, path, name
