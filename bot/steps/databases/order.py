"""Where a restore may stand: in a procedure of its own kind, after a list of what there is and a backup."""

from collections.abc import Iterator

from bot.runbook.model import Procedure, Runbook
from bot.runbook.problems import Finding
from bot.steps.databases.backup import SupabaseBackup
from bot.steps.databases.listing import BackupList
from bot.steps.databases.restore import SupabaseRestore
from bot.text import say


def restores(runbook: Runbook) -> Iterator[Finding]:
    """Restores outside of their kind of procedure, and procedures of that kind that lack what makes one safe."""
    for index, procedure in enumerate(runbook.procedures):
        if procedure.kind == "restore":
            yield from _whole(procedure, index)
        elif any(isinstance(step, SupabaseRestore) for _, step in procedure.steps()):
            reason = say("a supabase.restore belongs to a procedure of kind 'restore', which asks two people")
            yield Finding(("procedures", index, "kind"), reason, procedure.kind)


def _whole(procedure: Procedure, index: int) -> Iterator[Finding]:
    path = ("procedures", index, "phases")
    steps = [(phase.stage, step) for phase in procedure.phases for step in phase.steps]
    listed = any(isinstance(step, BackupList) and stage == "before" for stage, step in steps)
    if not listed:
        yield Finding(path, say("a restore needs a backup.list in a phase of stage before: what can be restored"))
    at = [number for number, (_, step) in enumerate(steps) if isinstance(step, SupabaseRestore)]
    backed_up = [number for number, (_, step) in enumerate(steps) if isinstance(step, SupabaseBackup)]
    if len(at) != 1:
        yield Finding(path, say("a procedure of kind 'restore' has one supabase.restore"))
    elif not any(number < at[0] for number in backed_up):
        yield Finding(path, say("a supabase.backup has to come before the supabase.restore"))


LINT = (restores,)
