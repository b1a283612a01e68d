"""What a rollback leaves as it is: the schema, the environment of the old build, the pin. Said before and during it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.production.inputs.rollback import Ahead, Later, RollbackInputs
from bot.production.model import LivePeriod
from bot.runbook.model import Runbook
from bot.runs.model import Run
from bot.text import listing, plural, say
from handlers.slack.blocks.elements import DATE, escape, when

SHOWN = 6
"""Later migrations that are shown one by one."""


def warning_lines(
    run: Run, runbook: Runbook, ahead: Ahead | None, choice: Mapping[str, str], periods: Iterable[LivePeriod] = ()
) -> list[str]:
    """The warnings of a rollback, a line each, as mrkdwn; an undo has none of them, nor one that moved nothing."""
    if RollbackInputs.of(run).unpins or not choice:
        return []
    pinned = [runbook.service(each.service).title for each in periods if each.moved and each.over_at is None]
    if run.state.ended and not pinned:
        return []
    return [*_schema(runbook, ahead), _environment(runbook, ahead), _pin(run, pinned)]


def _pin(run: Run, pinned: Sequence[str]) -> str:
    """What the rollback pins; once it has ended, as far as it was seen to have moved and nothing has moved since."""
    if not run.state.ended:
        return say(
            "📌 Production will be pinned there: deploys build and do not go live until a deployment is promoted."
        )
    names = escape(listing(pinned))
    return say(
        "📌 Production of {names} is pinned there: deploys build and go live only when one is promoted.", names=names
    )


def _schema(runbook: Runbook, ahead: Ahead | None) -> list[str]:
    if ahead is None:
        return [say("🗄️ Comparing the database's schema with what it goes back to…")]
    if ahead.unasked:
        return [say("❓ *The database's schema could not be compared*: {why}", why=escape(ahead.unasked))]
    if not ahead.later:
        return [say("🗄️ The database's schema is no newer than what it goes back to.")]
    count = plural(
        "*The database's schema is ahead*: {count} migration is later than what it goes back to, and stays.",
        "*The database's schema is ahead*: {count} migrations are later than what it goes back to, and stay.",
        len(ahead.later),
    )
    kinds = runbook.rollbacks.dangerous
    sign = "⛔" if ahead.dangers(kinds) else "🟡"
    lines = [line for each in ahead.later[:SHOWN] for line in _migration(each)]
    more = [say("• and {count} more", count=len(ahead.later) - SHOWN)] if len(ahead.later) > SHOWN else []
    return [f"{sign} {count}", *lines, *more]


def _migration(each: Later) -> list[str]:
    at = when(datetime.fromisoformat(each.at), DATE)
    broke = "" if each.finished else " " + say("*did not finish*") + ","
    if not each.changes:
        return [f"• `{escape(each.name)}`{broke} {at}: " + say("nothing is dropped, renamed, retyped or made required")]
    words = "; ".join(f"`{escape(change['sql'])}`" for change in each.changes[:4])
    more = " " + say("and {count} more", count=len(each.changes) - 4) if len(each.changes) > 4 else ""
    return [f"• `{escape(each.name)}`{broke} {at}: ⚠️ {words}{more}"]


def _environment(runbook: Runbook, ahead: Ahead | None) -> str:
    made = ahead.made if ahead else {}
    of = [
        say("{service} of {time}", service=escape(runbook.service(name).title),
            time=when(datetime.fromisoformat(at), DATE))
        for name, at in made.items()
    ]  # fmt: skip
    builds = f" ({', '.join(of)})" if of else ""
    return say("⚙️ Environment variables and cron jobs go back to those of that build{builds}.", builds=builds)
