"""Whether runs of every kind can ever start, and whether anybody can tick what there is to tick."""

from collections.abc import Iterator

from bot.runbook.model import Permission, Runbook
from bot.runbook.problems import Finding
from bot.runbook.steps import Step
from bot.runs.kind import Kind, Kinds
from bot.text import say


def startable(kinds: Kinds, runbook: Runbook) -> Iterator[Finding]:
    """What keeps procedures of these kinds from ever starting, or from doing anything."""
    for index, procedure in enumerate(runbook.procedures):
        kind = kinds[procedure.kind]
        yield from _allowed(kind, runbook)
        if (kind.builds or kind.goes_back) and not runbook.services:
            yield Finding(("procedures", index, "kind"), say("there are no services, so it can never start"))
        stages = {phase.stage for phase in procedure.phases}
        if "main" not in stages and (kind.request or stages == {"after"}):
            yield Finding(("procedures", index, "phases"), say("no phase of stage main, so it does nothing"))
    yield from _ticking(runbook)


def _allowed(kind: Kind, runbook: Runbook) -> Iterator[Finding]:
    """That somebody may ask for it, and somebody may approve it."""
    if kind.request and not _roles(kind.request, runbook):
        sentence = say("no role has {permission!r}: nobody may request a {kind}", permission=kind.request[0],
                       kind=kind.name)  # fmt: skip
        yield Finding(("permissions", kind.request[0]), sentence)
    if kind.approve != kind.request and not _roles(kind.approve, runbook):
        sentence = say("no role has {permission!r}: nobody may approve a {kind}, so it can never start",
                       permission=kind.approve[0], kind=kind.name)  # fmt: skip
        yield Finding(("permissions", kind.approve[0]), sentence)


def _roles(permissions: tuple[Permission, ...], runbook: Runbook) -> list[str]:
    return [role for each in permissions for role in runbook.permissions.get(each, ())]


def _ticking(runbook: Runbook) -> Iterator[Finding]:
    """One line for all items that only people could settle."""
    if runbook.permissions.get("respond"):
        return
    for procedure in runbook.procedures:
        for _, step in procedure.steps():
            if step.required and _needs_somebody(step):
                sentence = "no role has 'respond': nobody may tick {text!r} and other items"
                yield Finding(("permissions", "respond"), say(sentence, text=step.text))
                return


def _needs_somebody(step: Step) -> bool:
    return step.by_person or step.ticked_by == "person" or step.starts == "button"
