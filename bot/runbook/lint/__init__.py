"""What a model cannot say about itself: ids, references, order, limits, schedules."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain, pairwise

from bot.runbook.lint.addresses import addresses
from bot.runbook.lint.alerting import alerting
from bot.runbook.lint.references import references
from bot.runbook.lint.schedules import schedules
from bot.runbook.lint.worktrees import work_trees
from bot.runbook.model import Phase, Runbook
from bot.runbook.problems import Finding, Path
from bot.runbook.step_paths import all_steps, steps_of
from bot.runbook.steps import checks_of_kinds
from bot.text import say

TEXT_STYLE = 150
"""Characters of a step's text that a card shows without a second line on a phone; 300 are refused by the model."""
ITEMS = 100
"""Items of a procedure: more cards than a channel can follow."""
STAGES = ("before", "main", "after")


def lint(runbook: Runbook) -> list[Finding]:
    """Everything wrong with a runbook whose parts are right, in no order."""
    return list(chain.from_iterable(check(runbook) for check in CHECKS))


def _ids(runbook: Runbook) -> Iterator[Finding]:
    for path, ids in _id_lists(runbook):
        counts = Counter(ids)
        for index, each in enumerate(ids):
            if counts[each] > 1 and ids.index(each) < index:
                yield Finding((*path, index, "id"), say("{id!r} is used twice", id=each), each)


def _id_lists(runbook: Runbook) -> Iterator[tuple[Path, list[str]]]:
    for name in ("procedures", "services", "vendors", "health", "severities", "incident_roles"):
        yield (name,), [each.id for each in getattr(runbook, name)]
    for index, procedure in enumerate(runbook.procedures):
        yield ("procedures", index, "phases"), [phase.id for phase in procedure.phases]
    for index, group in enumerate(runbook.health):
        yield ("health", index, "checks"), [check.id for check in group.checks]
    for part, lists in {"monitoring": ["metrics"], "backups": ["kinds"], "upkeep": ["reviews"]}.items():
        if section := getattr(runbook, part):
            yield from (((part, name), [each.id for each in getattr(section, name)]) for name in lists)
    if runbook.compliance:
        yield ("compliance", "checks"), [each.id for each in runbook.compliance.checks]
        yield ("compliance", "frameworks"), [each.id for each in runbook.compliance.frameworks]


def _step_ids(runbook: Runbook) -> Iterator[Finding]:
    """Steps are keyed by their id within the whole procedure, not within their phase."""
    for index, procedure in enumerate(runbook.procedures):
        seen: set[str] = set()
        for path, step in steps_of(procedure, index):
            if step.id in seen:
                yield Finding((*path, "id"), say("{id!r} is used twice in this procedure", id=step.id), step.id)
            seen.add(step.id)


def _texts(runbook: Runbook) -> Iterator[Finding]:
    for path, step in all_steps(runbook):
        for name, text in (("text", step.text), ("pt", step.pt or "")):
            if len(text) > TEXT_STYLE:
                reason = say("{count} characters; a card reads well up to {limit}", count=len(text), limit=TEXT_STYLE)
                yield Finding((*path, name), reason, level="warning")


def _sizes(runbook: Runbook) -> Iterator[Finding]:
    for index, procedure in enumerate(runbook.procedures):
        count = sum(len(phase.steps) for phase in procedure.phases)
        if count > ITEMS:
            yield Finding(("procedures", index), say("{count} items; at most {limit}", count=count, limit=ITEMS))


def _kinds(runbook: Runbook) -> Iterator[Finding]:
    for kind in ("deploy", "rollback", "restore"):
        found = [index for index, each in enumerate(runbook.procedures) if each.kind == kind]
        first = runbook.procedures[found[0]].id if found else ""
        for index in (each for each in found[1:] if runbook.procedures[each].id != first):
            reason = say("only one procedure can be of kind {kind!r}", kind=kind)
            yield Finding(("procedures", index, "kind"), reason, kind)


def _cycles(runbook: Runbook) -> Iterator[Finding]:
    starts = {
        procedure.id: {step.started_procedure for _, step in procedure.steps() if step.started_procedure}
        for procedure in runbook.procedures
    }
    owners = [procedure.id for procedure in runbook.procedures]
    if len(set(owners)) < len(owners):
        return
    for path, step in all_steps(runbook):
        owner = owners[int(path[1])]
        started = step.started_procedure
        if started and owner in _reachable(started, starts):
            reason = say("{owner!r} would start itself again through {step!r}", owner=owner, step=started)
            yield Finding((*path, "procedure"), reason, started)


def _reachable(start: str, starts: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        here = ahead.pop()
        ahead += starts.get(here, set()) - seen - {here}
        seen.add(here)
    return seen


def _windows(runbook: Runbook) -> Iterator[Finding]:
    for index, procedure in enumerate(runbook.procedures):
        path: Path = ("procedures", index, "phases")
        for phase_index, phase in enumerate(procedure.phases):
            if not _lasts(phase):
                yield Finding((*path, phase_index, "window"), say("ends before it starts"))
        with_window = [(position, phase) for position, phase in enumerate(procedure.phases) if phase.window]
        for (_, before), (position, phase) in pairwise(with_window):
            if _lasts(before) and not _follows(before, phase):
                reason = say("starts before the window of {phase!r} ends", phase=before.id)
                yield Finding((*path, position, "window"), reason)


def _lasts(phase: Phase) -> bool:
    window = phase.window
    return window is None or window.until is None or window.until > window.starts


def _follows(before: Phase, phase: Phase) -> bool:
    if not (before.window and phase.window):
        return True
    return before.window.until is not None and phase.window.starts >= before.window.until


def _stages(runbook: Runbook) -> Iterator[Finding]:
    for index, procedure in enumerate(runbook.procedures):
        for position, (before, phase) in enumerate(pairwise(procedure.phases), start=1):
            if STAGES.index(phase.stage) < STAGES.index(before.stage):
                sentence = "a phase of stage {stage!r} cannot follow one of {before!r}"
                reason = say(sentence, stage=phase.stage, before=before.stage)
                yield Finding(("procedures", index, "phases", position, "stage"), reason)


def _metrics(runbook: Runbook) -> Iterator[Finding]:
    """A metric that is checked needs a query to read it and a threshold to judge it."""
    known = {metric.id: metric for metric in runbook.monitoring.metrics} if runbook.monitoring else {}
    judged = {threshold.metric for threshold in runbook.monitoring.thresholds} if runbook.monitoring else set()
    for path, step in all_steps(runbook):
        for what, place, name in step.references():
            if what == "metric" and name in known and (known[name].query is None or name not in judged):
                lacks = say("query") if known[name].query is None else say("threshold")
                reason = say("the metric {name!r} has no {lacks}", name=name, lacks=lacks)
                yield Finding((*path, *place), reason, name)


def _of_steps(runbook: Runbook) -> Iterator[Finding]:
    for path, step in all_steps(runbook):
        yield from (replace(each, path=(*path, *each.path)) for each in step.problems())


def _of_kinds(runbook: Runbook) -> Iterator[Finding]:
    return chain.from_iterable(check(runbook) for check in checks_of_kinds("LINT"))


CHECKS: tuple[Callable[[Runbook], Iterable[Finding]], ...] = (
    _ids,
    _step_ids,
    references,
    addresses,
    _texts,
    _sizes,
    _kinds,
    _cycles,
    _windows,
    _stages,
    _of_kinds,
    _of_steps,
    _metrics,
    work_trees,
    schedules,
    alerting,
)
