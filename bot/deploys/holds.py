"""Holds: what people put in the way of deploys. A lock is one person's "not now"; a freeze is a time without changes.

Recurring freezes stand in the runbook; both kinds here are rows that a person sets and removes, in public.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.deploys.model import Hold
from bot.errors import Refusal
from bot.office import Office
from bot.people import Actor, require
from bot.ports import Tx
from bot.runbook.model import Runbook
from bot.runs.items import mention
from bot.text import say, shorten

ENVIRONMENT = "production"
LOCK, FREEZE = "lock", "freeze"


def standing(tx: Tx, kind: str, environment: str = ENVIRONMENT) -> Hold | None:
    """The hold that stands now; one that has expired does not."""
    hold = tx.holds.get(environment, kind)
    return None if hold is None or (hold.expires_at and hold.expires_at <= tx.now) else hold


def put(office: Office, tx: Tx, actor: Actor, kind: str, reason: str, lasts: timedelta | None = None) -> Hold:
    """Lock or freeze production.

    Raises:
        Refusal: no reason, no role, or somebody holds it already.
    """
    require(actor, "lock", office.runbook, say("lock deploys"))
    if not reason.strip():
        raise Refusal(say("Say why: /deploy {kind} and the reason. Everybody will see it.", kind=kind))
    if standing(tx, kind):
        raise Refusal(hold_words(tx, kind) + say(" /deploy un{kind} removes it.", kind=kind))
    return place(tx, actor, kind, reason, lasts)


def place(tx: Tx, actor: Actor, kind: str, reason: str, lasts: timedelta | None = None) -> Hold:
    """Write a hold in place of any that stands, and say so."""
    old = tx.holds.get(ENVIRONMENT, kind)
    if old:
        tx.holds.remove(ENVIRONMENT, kind)
    hold = tx.holds.add(
        Hold(ENVIRONMENT, kind, shorten(reason.strip(), 300), actor.user, tx.now, tx.now + lasts if lasts else None)
    )
    tx.timeline.record("hold.placed", actor, None, hold=kind, environment=ENVIRONMENT, reason=hold.reason)
    words = say("🔒 {who} locked deploys: {why}") if kind == LOCK else say("🧊 {who} froze deploys: {why}")
    tell(tx, "devops", words.format(who=mention(actor.user), why=hold.reason))
    return hold


def lift(office: Office, tx: Tx, actor: Actor, kind: str) -> Hold:
    """Remove a hold; its owner is told when it was somebody else's."""
    require(actor, "lock", office.runbook, say("unlock deploys"))
    hold = standing(tx, kind)
    if hold is None:
        raise Refusal(say("There is no {kind} of deploys.", kind=kind))
    tx.holds.remove(hold.environment, kind)
    tx.timeline.record("hold.lifted", actor, None, hold=kind, environment=hold.environment, reason=hold.reason)
    said = say("🔓 {who} removed the {kind} of deploys ({why})", who=mention(actor.user), kind=kind, why=hold.reason)
    tell(tx, "devops", said)
    if hold.owner not in (actor.user, "neonops"):
        tell(tx, hold.owner, said)
    return hold


def tell(tx: Tx, to: str, text: str) -> None:
    """Say something in a channel of the team file, or to a person."""
    tx.effects.plan("say", f"say:{to}", {"to": to, "text": text})


def hold_words(tx: Tx, kind: str) -> str:
    """`Deploys are locked by @ana: the reason.`; empty when nothing stands."""
    hold = standing(tx, kind)
    if hold is None:
        return ""
    state = say("locked") if kind == LOCK else say("frozen")
    return say("Deploys are {state} by {who}: {why}.", state=state, who=mention(hold.owner), why=hold.reason)


def frozen_until(runbook: Runbook, now: datetime) -> tuple[str, datetime] | None:
    """The recurring freeze of the runbook that is on now, in words, and when it ends."""
    for freeze in runbook.freezes:
        trigger = CronTrigger.from_crontab(freeze.cron, timezone=ZoneInfo(runbook.timezone))
        opened = trigger.get_next_fire_time(None, now - freeze.length)
        if opened is not None and opened <= now < opened + freeze.length:
            return freeze.text, opened + freeze.length
    return None
