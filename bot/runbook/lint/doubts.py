"""What is right by itself and leads nowhere: what can never start, be shown, be ticked or hold."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from bot.runbook.lint.recurring import recurring
from bot.runbook.model import Procedure, Runbook
from bot.runbook.problems import Finding, Path
from bot.runbook.step_paths import all_steps, steps_of
from bot.runbook.steps import Step, checks_of_kinds
from bot.settings import Settings
from bot.settings.names import PREFIX
from bot.text import say

PRODUCTION = ("deploy", "rollback", "restore")
"""Kinds that are asked for first, with a checklist before, and started later."""


def doubts(runbook: Runbook) -> list[Finding]:
    """Everything doubtful about a runbook that is right otherwise, in no order. The bot starts with it."""
    found = chain.from_iterable(check(runbook) for check in CHECKS)
    return [replace(each, level="doubt") for each in dict.fromkeys(found)]


def _unstarted(runbook: Runbook) -> Iterator[Finding]:
    started = _started(runbook)
    parts = {step.id for each in runbook.procedures if each.id in started for _, step in each.steps()}
    lost = [each for each in runbook.procedures if each.id not in started]
    within = {name for each in lost for name in _starts(each) if name != each.id}
    for index, procedure in enumerate(runbook.procedures):
        repeated = all(step.id in parts for _, step in procedure.steps())
        if procedure in lost and procedure.id not in within and not repeated:
            sentence = "nothing starts it: reference it in a severity or a start_procedure step"
            yield Finding(("procedures", index, "id"), say(sentence))


def _started(runbook: Runbook) -> set[str]:
    """Procedures that a command, an incident, a section of the runbook or a step of one of these starts."""
    found = {each.id for each in runbook.procedures if each.kind in PRODUCTION}
    found |= {severity.procedure for severity in runbook.severities}
    found |= {runbook.backups.verification, runbook.backups.recovery} if runbook.backups else set()
    found |= {runbook.maintenance.procedure} if runbook.maintenance else set()
    ahead = [each for each in runbook.procedures if each.id in found]
    while ahead:
        new = _starts(ahead.pop()) - found
        found |= new
        ahead += [each for each in runbook.procedures if each.id in new]
    return found


def _starts(procedure: Procedure) -> set[str]:
    return {step.started_procedure for _, step in procedure.steps() if step.started_procedure}


def _unshown(runbook: Runbook) -> Iterator[Finding]:
    for index, procedure in enumerate(runbook.procedures):
        for position, phase in enumerate(procedure.phases):
            if phase.stage == "before" and procedure.kind not in PRODUCTION:
                sentence = "a procedure of kind {kind!r} has no stage before: this phase is never shown"
                yield Finding(("procedures", index, "phases", position, "stage"), say(sentence, kind=procedure.kind))


def _misplaced(runbook: Runbook) -> Iterator[Finding]:
    """Steps and severities that need a procedure of another kind."""
    kinds = {each.id: each.kind for each in runbook.procedures}
    incidents = {each.procedure for each in runbook.severities}
    for index, severity in enumerate(runbook.severities):
        if (kind := kinds[severity.procedure]) in PRODUCTION:
            sentence = "{id!r} is of kind {kind!r}: an incident needs one of kind 'incident'"
            yield Finding(("severities", index, "procedure"), say(sentence, id=severity.procedure, kind=kind))
    for index, procedure in enumerate(runbook.procedures):
        told: dict[str, Finding] = {}
        for path, step in steps_of(procedure, index):
            if step.creates_channel and procedure.id not in incidents:
                yield Finding((*path, "kind"), say("no severity has this procedure: there is no incident"))
            if step.started_procedure and kinds[step.started_procedure] == "incident":
                yield Finding((*path, "procedure"), say("an incident is declared, not started by a step"))
            if reason := step.misplaced(procedure.kind):
                told.setdefault(reason, Finding((*path, "kind"), reason))
        yield from told.values()


def _helpless(runbook: Runbook) -> Iterator[Finding]:
    """Severities whose people may not tick what they are called for."""
    may = set(runbook.permissions.get("respond", ()))
    for index, severity in enumerate(runbook.severities):
        if may and severity.invite and not may & set(severity.invite):
            yield Finding(("severities", index, "invite"), say("none of these roles may tick items ('respond')"))


def _policies(runbook: Runbook) -> Iterator[Finding]:
    kinds = {each.kind for each in runbook.procedures}
    if runbook.deploys.rollback_after is not None and "rollback" not in kinds:
        yield Finding(("deploys", "rollback_after"), say("there is no procedure of kind 'rollback'"))
    if runbook.deploys.only_in_maintenance and runbook.maintenance is None:
        yield Finding(("deploys", "only_in_maintenance"), say("there is no maintenance: these are never held to it"))


def _requests(runbook: Runbook) -> Iterator[Finding]:
    for path, asked in (*_checks(runbook), *all_steps(runbook)):
        yield from (replace(each, path=(*path, *each.path)) for each in asked.doubts())


def _of_kinds(runbook: Runbook) -> Iterator[Finding]:
    return chain.from_iterable(check(runbook) for check in checks_of_kinds("DOUBTS"))


def _checks(runbook: Runbook) -> Iterator[tuple[Path, Step]]:
    for index, group in enumerate(runbook.health):
        yield from ((("health", index, "checks", position), check) for position, check in enumerate(group.checks))


def _names(runbook: Runbook) -> Iterator[Finding]:
    """Names that the bot's own settings would be confused with."""
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    named: list[tuple[Path, str]] = [(("variables", name), name) for name in runbook.variables]
    named += [(path, name) for path, step in all_steps(runbook) for name in step.variables]
    for path, name in named:
        if name.startswith(PREFIX) and name not in known:
            yield Finding(path, say("names that begin with {prefix} are for NeonOps' settings", prefix=PREFIX), name)


CHECKS: tuple[Callable[[Runbook], Iterable[Finding]], ...] = (
    _unstarted,
    _unshown,
    _misplaced,
    _helpless,
    _policies,
    _requests,
    _of_kinds,
    _names,
    recurring,
)
