"""What a rollback needs: a listing of where it can go back to, and the step that goes there."""

from collections.abc import Iterator

from bot.runbook.model import Procedure, Runbook
from bot.runbook.problems import Finding
from bot.steps.vercel.listing import VercelList
from bot.steps.vercel.promotion import VercelRollback
from bot.text import say


def rollbacks(runbook: Runbook) -> Iterator[Finding]:
    """What keeps procedures of kind `rollback` from ever starting."""
    for index, procedure in enumerate(runbook.procedures):
        if procedure.kind == "rollback":
            yield from _rollback(runbook, procedure, index)


def _rollback(runbook: Runbook, procedure: Procedure, index: int) -> Iterator[Finding]:
    steps = [(phase.stage, step) for phase, step in procedure.steps()]
    lists = [step for stage, step in steps if stage == "before" and isinstance(step, VercelList)]
    listed = {name for step in lists for name in step.services}
    path = ("procedures", index, "phases")
    if not any(isinstance(step, VercelRollback) for _, step in steps):
        yield Finding(path, say("a rollback goes back to a deployment on Vercel: there is no vercel.rollback step"))
    elif not listed:
        yield Finding(
            path, say("without a vercel.list in stage before, nobody can choose a deployment to roll back to")
        )
    elif missing := [service.id for service in runbook.services if service.id not in listed]:
        sentence = "no vercel.list in stage before shows {names}, so a rollback of all services can never start"
        yield Finding(path, say(sentence, names=", ".join(missing)))


DOUBTS = (rollbacks,)
