"""`/deploy`."""

from bot.deploys.history import dora, log, queries
from bot.deploys.request import Asked
from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents.access import belongs_to_secret, may_see
from bot.people import Actor
from bot.ports import Tx
from bot.runs.model import Card, Run
from bot.text import say
from handlers.slack.area import Command
from handlers.slack.deploys.arguments import read_deploy, target_in
from handlers.slack.deploys.dry_run import plan_dry_run
from handlers.slack.deploys.history import entry_answer, history_answer
from handlers.slack.deploys.holds import HOLDS, hold
from handlers.slack.deploys.lists import runs_now, with_pins
from handlers.slack.deploys.request import ask_deploy, deploy_form
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Reply, Request
from handlers.slack.interaction.targets import check_one, check_target
from handlers.slack.parsing.text import first_word, whole_number

_FORMS = (
    ("", "open the deploy form"),
    ("api [ref]", "deploy one service (`api`, `web`) or `all`, from `main` or another branch, tag or commit"),
    ("api [ref] --dry-run", "dry run: what it would do, only visible to you; changes nothing"),
    ("status", "what is running or waiting"),
    ("history", "recent deploys and rollbacks, and the DORA metrics with a chart"),
    ("history 42", "one of them in full: who, what, when, how long, result"),
    ("api hotfix --fix 7", "deploy the fix for incident 7, which blocks other deploys"),
    (
        "lock [2h] <reason>",
        "lock deploys until unlocked or expired (also `1h30m`, `until 18:00`, `until friday`)",
    ),
    ("lock --steal <reason>", "take over the current lock; its owner is told"),
    ("unlock", "remove the lock; its owner is told"),
    ("freeze [3d] <reason>", "freeze deploys, for a period without changes"),
    ("unfreeze", "end the freeze"),
)


async def deploy(context: Context, request: Request) -> Reply:
    """Carry out `/deploy …`."""
    word, rest = first_word(request.text)
    if not word:
        return Reply(modal=deploy_form(context.runbook, request.channel))
    if word == "status":
        now = runs_now(await context.transactions.look(queries.running), await context.transactions.look(queries.holds))
        return Reply(*with_pins(now, await context.transactions.look(queries.pins)))
    if word == "history":
        return await _history(context, request, rest)
    if word in HOLDS:
        return await hold(context, request, *HOLDS[word], rest)
    return await _deploy(context, request)


async def _history(context: Context, request: Request, rest: str) -> Reply:
    """What was deployed and how well that goes, or one run in full."""
    if not rest:
        found = await context.transactions.look(log.entries)
        return Reply(*history_answer(found, await context.transactions.look(dora.delivery)))
    number = whole_number(rest)
    if number is None:
        raise Refusal(say("Which run? Write /deploy history 42."))
    entry = await context.transactions.look(log.entry, number)
    card = await context.transactions.look(_card_of, request.actor, entry.run)
    return Reply(*entry_answer(entry, context.slack.link(card.channel, card.ts) if card else None))


def _card_of(domain: Domain, tx: Tx, actor: Actor, run: Run) -> Card | None:
    """The card of a run; none in a confidential incident's channel for who may not know of that."""
    secret = belongs_to_secret(tx, run)
    cards = tx.cards.find(run_id=run.id) if secret is None or may_see(domain, tx, actor, secret) else []
    return max(cards, key=lambda each: each.page == "main", default=None)


async def _deploy(context: Context, request: Request) -> Reply:
    text = context.plain(request.text)
    # First: a mistyped command is followed by its reason, which is no branch.
    check_target(context, "/deploy", target_in(text), ["status", "history", *HOLDS])
    wanted = read_deploy(text)
    check_one(context, "/deploy", wanted.target, wanted.ref)
    asked = Asked(wanted.target, request.channel, ref=wanted.ref, fixes=wanted.fixes)
    if not wanted.dry_run:
        return await ask_deploy(context, request, asked)
    planned = await context.transactions.once(request.identity, plan_dry_run, request.actor, asked)
    return Reply(say("🔎 Running the dry run; nothing is changed.") if planned else "")


COMMAND = Command("/deploy", "Deploy to production, step by step", "[api|web|all] [ref]", deploy, _FORMS)
