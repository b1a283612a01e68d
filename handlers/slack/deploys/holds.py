"""Locking and freezing deploys: by command, and by the buttons of a lock that nobody ended."""

from bot.domain import Domain
from bot.holds.holds import FREEZE, LOCK, HoldRef, keep, lift, lift_this, put, until_words
from bot.holds.model import Hold
from bot.people import Actor
from bot.ports import Tx
from bot.text import say
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Reply, Request
from handlers.slack.interaction.transactions import about
from handlers.slack.parsing.text import take_flag
from handlers.slack.parsing.time_attempts import check_options
from handlers.slack.parsing.times import read_end

HOLDS = {"lock": (LOCK, True), "unlock": (LOCK, False), "freeze": (FREEZE, True), "unfreeze": (FREEZE, False)}


async def hold(context: Context, request: Request, kind: str, on: bool, text: str) -> Reply:
    """Lock or freeze deploys, or stop doing so."""
    if not on:
        lifted = await context.transactions.once(request.identity, lift, request.actor, kind)
        return Reply(say("🔓 The {kind} was removed.", kind=kind) if lifted else "")
    steal, words = take_flag(context.plain(text), "--steal")
    placed = await context.transactions.once(request.identity, _put, request.actor, kind, words, steal=steal)
    if placed is None:
        return Reply()
    end = until_words(context.transactions.domain, placed)
    until = " " + say("until {end}", end=end) if end else " " + say("until somebody removes it")
    return Reply(
        say("🔒 Deploys are blocked ({kind}){until}. Remove it with /deploy un{kind}.", kind=kind, until=until)
    )


def _put(domain: Domain, tx: Tx, actor: Actor, kind: str, text: str, *, steal: bool) -> Hold:
    """Place a hold as it was typed: until when, and why."""
    ends = read_end(text, tx.now, domain.zone)
    again, reason = take_flag(ends.rest, "--steal")
    check_options(reason)
    lasts = ends.at - tx.now if ends.at else None
    return put(domain, tx, actor, kind, reason, lasts, steal=steal or again)


lift_hold = about(HoldRef, lift_this, "🔓 Deploys are unlocked.")
keep_hold = about(HoldRef, keep, "🔒 The lock is kept for another 24 hours, then it expires.")
