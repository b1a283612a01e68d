"""Holds: what people put in the way of deploys. A lock is one person's "not now"; a freeze is a time without changes.

Recurring freezes stand in the runbook; both kinds here are rows that a person sets and removes, in public.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain import Domain
from bot.domain.messages import tell
from bot.errors import Refusal
from bot.holds.events import HoldsChanged
from bot.holds.model import Hold
from bot.people import ROBOT, Actor, absence, mention, require
from bot.ports import Tx
from bot.runbook.model import Runbook
from bot.runbook.sections import Freeze
from bot.runbook.windows import window_end
from bot.text import moment, say, shorten

ENVIRONMENT = "production"
LOCK, FREEZE = "lock", "freeze"
KEPT = timedelta(days=1)
"""How long a hold stands that somebody was reminded of and wants to keep."""


def standing(tx: Tx, kind: str, environment: str = ENVIRONMENT) -> Hold | None:
    """The hold that stands now; one that has expired does not."""
    hold = tx.holds.get(environment, kind)
    return None if hold is None or (hold.expires_at and hold.expires_at <= tx.now) else hold


@dataclass(frozen=True)
class HoldRef:
    """What a button about a hold carries: which one, and when it was placed (ISO 8601)."""

    environment: str
    kind: str
    taken_at: str


def put(
    domain: Domain, tx: Tx, actor: Actor, kind: str, reason: str, lasts: timedelta | None = None, *, steal: bool = False
) -> Hold:
    """Lock or freeze production; with `steal`, in place of what stands, whose owner is told.

    Raises:
        Refusal: no reason, no role, or it stands already.
    """
    require(actor, "lock", domain.runbook, say("lock deploys"))
    if not reason.strip():
        raise Refusal(say("A reason is required: /deploy {kind} <reason>. Everybody sees it.", kind=kind))
    if standing(tx, kind) and not steal:
        ways = " " + say("/deploy un{kind} removes it, /deploy {kind} --steal <reason> takes it over.", kind=kind)
        raise Refusal(hold_words(domain, tx, kind) + ways)
    return place(domain, tx, actor, kind, reason, lasts)


def place(domain: Domain, tx: Tx, actor: Actor, kind: str, reason: str, lasts: timedelta | None = None) -> Hold:
    """Write a hold in place of any that stands, and say so; its end in the team's zone."""
    new = Hold(ENVIRONMENT, kind, shorten(reason.strip(), 300), actor.user, tx.now, tx.now + lasts if lasts else None)
    old = tx.holds.get(ENVIRONMENT, kind)
    if old:
        _make_room(domain, tx, actor, old, new)
    tx.holds.add(new)
    domain.publish(tx, HoldsChanged(ENVIRONMENT))
    tx.timeline.record("hold.placed", actor, None, hold=kind, environment=ENVIRONMENT, reason=new.reason)
    about = {"who": mention(actor.user), "why": new.reason}
    sentence = "🔒 {who} locked deploys: {why}" if kind == LOCK else "🧊 {who} froze deploys: {why}"
    until = " " + say("(until {end})", end=moment(new.expires_at, domain.zone)) if new.expires_at else ""
    tell(tx, "devops", say(sentence, **about) + until)
    return new


def _make_room(domain: Domain, tx: Tx, actor: Actor, old: Hold, new: Hold) -> None:
    """Remove what stands (or has expired), and tell its owner who took its place."""
    if old.expires_at and old.expires_at <= tx.now:
        expire_hold(domain, tx, old)
        return
    tx.holds.remove(old.environment, old.kind)
    tx.timeline.record("hold.taken_over", actor, None, hold=old.kind, owner=old.owner, reason=old.reason)
    said = say("🔁 {who} took over the deploy {kind} of {owner} ({old}): {why}", who=mention(actor.user),
               kind=old.kind, owner=mention(old.owner), old=old.reason, why=new.reason)  # fmt: skip
    _tell_owner(tx, actor, old, said)


def lift(domain: Domain, tx: Tx, actor: Actor, kind: str) -> Hold:
    """Remove a hold; its owner is told when it was somebody else's."""
    require(actor, "lock", domain.runbook, say("unlock deploys"))
    hold = standing(tx, kind)
    if hold is None:
        raise Refusal(say("There is no deploy {kind}.", kind=kind))
    tx.holds.remove(hold.environment, kind)
    domain.publish(tx, HoldsChanged(hold.environment))
    tx.timeline.record("hold.lifted", actor, None, hold=kind, environment=hold.environment, reason=hold.reason)
    said = say("🔓 {who} removed the deploy {kind} ({why})", who=mention(actor.user), kind=kind, why=hold.reason)
    tell(tx, "devops", said)
    _tell_owner(tx, actor, hold, said)
    return hold


def lift_this(domain: Domain, tx: Tx, actor: Actor, ref: HoldRef) -> Hold:
    """Remove the hold that a button is about, unless another stands by now."""
    return lift(domain, tx, actor, _fresh(tx, ref).kind)


def keep(domain: Domain, tx: Tx, actor: Actor, ref: HoldRef) -> Hold:
    """Let a hold stand for KEPT more: nobody is reminded until it ends by itself."""
    require(actor, "lock", domain.runbook, say("keep the lock"))
    hold = tx.holds.save(_fresh(tx, ref), expires_at=tx.now + KEPT)
    tx.timeline.record("hold.kept", actor, None, hold=hold.kind, reason=hold.reason, until=str(hold.expires_at))
    return hold


def _fresh(tx: Tx, ref: HoldRef) -> Hold:
    hold = standing(tx, ref.kind, ref.environment)
    if hold is None or hold.taken_at.isoformat() != ref.taken_at:
        raise Refusal(say("Nothing was changed: this {kind} has already ended.", kind=ref.kind))
    return hold


def expire_hold(domain: Domain, tx: Tx, hold: Hold) -> None:
    """The time of a hold is over: remove it, and tell its owner and everybody."""
    tx.holds.remove(hold.environment, hold.kind)
    domain.publish(tx, HoldsChanged(hold.environment))
    tx.timeline.record("hold.expired", ROBOT, None, hold=hold.kind, environment=hold.environment, reason=hold.reason)
    said = say("🔓 The deploy {kind} of {who} has expired ({why})", kind=hold.kind, who=mention(hold.owner),
               why=hold.reason)  # fmt: skip
    tell(tx, "devops", said)
    _tell_owner(tx, ROBOT, hold, said)


def _tell_owner(tx: Tx, actor: Actor, hold: Hold, text: str) -> None:
    owner = tx.members.get(hold.owner)
    if hold.owner not in (actor.user, ROBOT.user) and not (owner and absence(owner)):
        tell(tx, hold.owner, text)


def hold_words(domain: Domain, tx: Tx, kind: str) -> str:
    """`Deploys are locked by @ana: the reason. It has stood since … and ends …`; empty when nothing stands."""
    hold = standing(tx, kind)
    if hold is None:
        return ""
    state = say("locked") if kind == LOCK else say("frozen")
    words = say("Deploys are {state} by {who}: {why}.", state=state, who=mention(hold.owner), why=hold.reason)
    since = moment(hold.taken_at, domain.zone)
    if hold.expires_at is None:
        return words + " " + say("Since {since}.", since=since)
    return words + " " + say("Since {since}, until {end}.", since=since, end=until_words(domain, hold))


def until_words(domain: Domain, hold: Hold) -> str:
    """When a hold ends by itself, in the team's zone; empty when it does not."""
    return moment(hold.expires_at, domain.zone) if hold.expires_at else ""


def freeze_words(domain: Domain, tx: Tx) -> str:
    """The recurring freeze that is on now, and until when; empty when none is."""
    found = frozen_until(domain.runbook, tx.now)
    return say("{text} (until {until}).", text=found[0].text, until=moment(found[1], domain.zone)) if found else ""


def frozen_until(runbook: Runbook, now: datetime) -> tuple[Freeze, datetime] | None:
    """The recurring freeze of the runbook that is on now, and when it ends."""
    for freeze in runbook.freezes:
        if ends := window_end(freeze.cron, freeze.length, ZoneInfo(runbook.timezone), now):
            return freeze, ends
    return None
