"""Whether a deploy, a rollback and a restore can ever start, and whether anybody can tick what there is to tick."""

from collections.abc import Iterator

from bot.runbook.model import Permission, Runbook
from bot.runbook.problems import Finding
from bot.runbook.steps import Step
from bot.text import say

NEEDED: dict[str, tuple[tuple[Permission, str], ...]] = {
    "deploy": (("deploy", "ask for a deploy"), ("approve", "approve a deploy, so it can never start")),
    "rollback": (("rollback", "roll back"),),
    "restore": (("restore", "restore the database"),),
}
"""What people must be allowed for a procedure of a kind to start, and what nobody may otherwise."""


def starting(runbook: Runbook) -> Iterator[Finding]:
    """What keeps procedures of these kinds from ever starting, or from doing anything."""
    for index, procedure in enumerate(runbook.procedures):
        for permission, operation in NEEDED.get(procedure.kind, ()):
            if not runbook.permissions.get(permission):
                sentence = "no role has {permission!r}: nobody may {operation}"
                yield Finding(("permissions", permission), say(sentence, permission=permission, operation=operation))
        if procedure.kind in ("deploy", "rollback") and not runbook.services:
            yield Finding(("procedures", index, "kind"), say("there are no services, so it can never start"))
        stages = {phase.stage for phase in procedure.phases}
        if "main" not in stages and (procedure.kind in NEEDED or stages == {"after"}):
            yield Finding(("procedures", index, "phases"), say("no phase of stage main, so it does nothing"))
    yield from _ticking(runbook)


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
