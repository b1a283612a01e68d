"""`/deploy` and `/rollback`."""

from bot.deploys import dora, log, look
from bot.deploys.emergency import check_emergency
from bot.deploys.request import Asked, names, request_deploy, services
from bot.deploys.within import rollback_here
from bot.errors import Refusal
from bot.holds.holds import FREEZE, LOCK, lift, put, until_words
from bot.holds.model import Hold
from bot.incidents.access import belongs_to_secret, may_see
from bot.office import Office
from bot.people import Actor
from bot.ports import Tx
from bot.runs.model import Card, Run
from bot.text import say
from handlers.slack.blocks.elements import escape
from handlers.slack.blocks.forms import deploy_form, emergency_form
from handlers.slack.blocks.lists import runs_now, with_pins
from handlers.slack.deploys.arguments import (
    DATABASE,
    check_deployment,
    check_reason,
    read_deploy,
    read_emergency,
    read_rollback,
)
from handlers.slack.deploys.dry_run import plan_dry_run
from handlers.slack.deploys.history import entry_answer, history_answer
from handlers.slack.interaction.context import Door
from handlers.slack.interaction.requests import Order, Reply
from handlers.slack.parsing.text import split, take_flag, unknown, whole_number
from handlers.slack.parsing.time_attempts import check_options
from handlers.slack.parsing.times import read_end
from handlers.slack.restores.command import ask_restore
from handlers.slack.rollbacks.typed import plan_typed

DEPLOY_FORMS = (
    ("", "ask what to deploy in a form"),
    ("api [ref]", "deploy one service (`api`, `web`) or `all`, from `main` or another branch, tag or commit"),
    ("api [ref] --dry-run", "what it would do, for your eyes only; touches nothing"),
    ("status", "what runs or waits now"),
    ("history", "the last deploys and rollbacks, and the four figures of delivery (DORA) with a chart"),
    ("history 42", "one of them in full: who, what, when, how long, verdict"),
    ("api hotfix --fix 7", "deploy the fix of incident 7, which would block other deploys"),
    (
        "lock [2h] <reason>",
        "nobody deploys, until you unlock or the time is over (also `1h30m`, `until 18:00`, `until friday`)",
    ),
    ("lock --steal <reason>", "take over the lock that stands; its owner is told"),
    ("unlock", "remove the lock; its owner is told"),
    ("freeze [3d] <reason>", "the same for a time without changes"),
    ("unfreeze", "end the freeze"),
)
ROLLBACK_FORMS = (
    ("", "roll everything back: shows where to, then asks"),
    ("api [deployment]", "roll back one service (`api`, `web`) or `all`; a deployment's id or address if you know it"),
    (
        "all --emergency [reason]",
        "asks once, then goes back to what is recommended without an approval, in public",
    ),
    ("database", "restore the database from a proven backup or a point in time: two people decide"),
)


async def deploy(door: Door, order: Order) -> Reply:
    """Carry out `/deploy …`."""
    word, rest = split(order.text)
    if not word:
        return Reply(modal=deploy_form(door.runbook, order.channel))
    if word == "status":
        now = runs_now(await door.desk.look(look.running), await door.desk.look(look.holds))
        return Reply(*with_pins(now, await door.desk.look(look.pins)))
    if word == "history":
        return await _history(door, order, rest)
    if word in _HOLDS:
        return await _hold(door, order, *_HOLDS[word], rest)
    return await _deploy(door, order)


async def _history(door: Door, order: Order, rest: str) -> Reply:
    """What was deployed and how well that goes, or one run in full."""
    if not rest:
        found = await door.desk.look(log.entries)
        return Reply(*history_answer(found, await door.desk.look(dora.delivery)))
    number = whole_number(rest)
    if number is None:
        raise Refusal(say("Say which run: /deploy history 42."))
    entry = await door.desk.look(log.entry, number)
    card = await door.desk.look(_card_of, order.actor, entry.run)
    return Reply(*entry_answer(entry, door.slack.link(card.channel, card.ts) if card else None))


def _card_of(office: Office, tx: Tx, actor: Actor, run: Run) -> Card | None:
    """The card of a run; none in a confidential incident's channel for who may not know of that."""
    secret = belongs_to_secret(tx, run)
    cards = tx.cards.find(run_id=run.id) if secret is None or may_see(office, tx, actor, secret) else []
    return max(cards, key=lambda each: each.page == "main", default=None)


async def _deploy(door: Door, order: Order) -> Reply:
    wanted = read_deploy(door.plain(order.text))
    _check_target(door, "/deploy", wanted.target, ["status", "history", *_HOLDS])
    _check_one(door, "/deploy", wanted.target, wanted.ref)
    asked = Asked(wanted.target, order.channel, ref=wanted.ref, fixes=wanted.fixes)
    if not wanted.dry_run:
        return await ask_deploy(door, order, asked)
    planned = await door.desk.once(order.identity, plan_dry_run, order.actor, asked)
    return Reply(say("🔎 Looking at what it would do; nothing is touched.") if planned else "")


_HOLDS = {"lock": (LOCK, True), "unlock": (LOCK, False), "freeze": (FREEZE, True), "unfreeze": (FREEZE, False)}


async def _hold(door: Door, order: Order, kind: str, on: bool, text: str) -> Reply:
    """Lock or freeze deploys, or stop doing so."""
    if not on:
        lifted = await door.desk.once(order.identity, lift, order.actor, kind)
        return Reply(say("🔓 The {kind} is removed.", kind=kind) if lifted else "")
    steal, words = take_flag(door.plain(text), "--steal")
    placed = await door.desk.once(order.identity, _put, order.actor, kind, words, steal=steal)
    if placed is None:
        return Reply()
    end = until_words(door.desk.office, placed)
    until = say(" until {end}", end=end) if end else say(" until somebody ends it")
    return Reply(say("🔒 Deploys are held ({kind}){until}. /deploy un{kind} ends it.", kind=kind, until=until))


def _put(office: Office, tx: Tx, actor: Actor, kind: str, text: str, *, steal: bool) -> Hold:
    """Place a hold as it was typed: until when, and why."""
    ends = read_end(text, tx.now, office.zone)
    again, reason = take_flag(ends.rest, "--steal")
    check_options(reason)
    lasts = ends.at - tx.now if ends.at else None
    return put(office, tx, actor, kind, reason, lasts, steal=steal or again)


async def ask_deploy(door: Door, order: Order, asked: Asked) -> Reply:
    """Ask for a deploy, and say what comes next."""
    run = await door.desk.once(order.identity, request_deploy, order.actor, asked)
    if run is None:
        return Reply()
    return Reply(
        say(
            "🚀 *{title}* (run {id}) waits for its checklist and for somebody's approval; see its card.",
            title=escape(run.title),
            id=run.id,
        )
    )


async def rollback(door: Door, order: Order) -> Reply:
    """Carry out `/rollback …`."""
    emergency, text = read_emergency(door.plain(order.text))
    if emergency:
        return _ask_emergency(door, order, text)
    target, deployment = read_rollback(text)
    if target == DATABASE:
        return await ask_restore(door, order)
    _check_target(door, "/rollback", target, [DATABASE])
    _check_one(door, "/rollback", target, deployment)
    check_deployment(deployment)
    asked = Asked(target, order.channel, deployment=deployment)
    if deployment:
        typed = await door.desk.once(order.identity, plan_typed, order.actor, asked)
        words = say("⏪ Looking up at Vercel whether `{id}` can be gone back to; then its card asks.", id=typed)
        return Reply(words if typed else "")
    run = await door.desk.once(order.identity, rollback_here, order.actor, asked)
    if run is None:
        return Reply()
    return Reply(
        say(
            "⏪ *{title}* (run {id}): looking up where it can go back to; the card asks before anything happens.",
            title=run.title,
            id=run.id,
        )
    )


def _ask_emergency(door: Door, order: Order, text: str) -> Reply:
    """One question, then it goes back by itself: `/rollback all --emergency checkout is down`."""
    check_emergency(door.desk.office, order.actor)
    word, reason = split(text)
    target = word or "all"
    _check_target(door, "/rollback", target, [])
    check_reason(reason, [service.id for service in door.runbook.services])
    what = names(door.runbook, services(door.runbook, target))
    return Reply(modal=emergency_form(what, f"new:{target}:{order.channel}", reason))


def _check_target(door: Door, command: str, word: str, more: list[str]) -> None:
    known = [*(service.id for service in door.runbook.services), "all"]
    if word not in known:
        raise unknown(command, word, [*known, *more])


def _check_one(door: Door, command: str, target: str, second: str | None) -> None:
    """Raise a Refusal when two things are named at once, such as `all all` and `api web`."""
    if second in [*(service.id for service in door.runbook.services), "all"]:
        raise Refusal(
            say(
                "`{first}` and `{second}` both say what: name one service, or all of them as `{command} all`.",
                first=target,
                second=second,
                command=command,
            )
        )
