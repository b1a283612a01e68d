"""`backup.list`: what can be restored, each checked now: the dumps' files, and how far recovery reaches."""

import asyncio
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from bot.backups.files import is_whole
from bot.errors import Refusal
from bot.integrations.supabase.client import Supabase
from bot.restores.model import Offered, RestoreInputs
from bot.runbook.base import Duration
from bot.runbook.steps import Step, StepKind
from bot.runs.outcome import Context, Done, Outcome
from bot.text import moment, plural, say


class BackupList(Step):
    """What can be restored: the dumps, their checksums verified anew, and how far point-in-time recovery reaches."""

    interruptible: ClassVar[bool] = True
    kind: Literal["backup.list"]
    timeout: Duration = timedelta(minutes=15)


async def run(step: BackupList, context: Context) -> Outcome:
    """Verify the checksum of every dump that is offered, and ask Supabase for its recovery window."""
    offered = RestoreInputs.of(context.run).backups
    found = [{"backup": each.backup, "whole": await _is_whole(context, each)} for each in offered]
    window, why = await _window(context)
    whole = plural("{count} verified dump", "{count} verified dumps",
                   sum(bool(each["whole"]) for each in found))  # fmt: skip
    return Done(f"{whole}; {_words(context, window, why)}", {"backups": found, "recovery": window})


async def _is_whole(context: Context, offered: Offered) -> bool:
    folder = context.data_dir.resolve() / str(offered.path)
    return await asyncio.to_thread(is_whole, folder, offered.sha256)


async def _window(context: Context) -> tuple[dict[str, str] | None, str]:
    supabase = context.tools.maybe(Supabase)
    if supabase is None:
        return None, say("Supabase is not set up")
    try:
        found = await supabase.backups()
    except Refusal as refusal:
        return None, refusal.sentence
    if not found.pitr_enabled or found.restorable_from is None or found.restorable_until is None:
        return None, say("point-in-time recovery is off")
    return {"from": found.restorable_from.isoformat(), "until": found.restorable_until.isoformat()}, ""


def _words(context: Context, window: dict[str, str] | None, why: str) -> str:
    if window is None:
        return why
    until = datetime.fromisoformat(window["until"])
    return say("point-in-time recovery reaches to {time}", time=moment(until, ZoneInfo(context.runbook.timezone)))


KINDS = (StepKind(BackupList, run),)
