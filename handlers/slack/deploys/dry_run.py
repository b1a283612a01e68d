"""`--dry-run`: what a deploy would do, asked and judged like a real one, touching nothing."""

from dataclasses import replace

from bot.delivery import Deliver, Delivered
from bot.deploys.commits.facts import look
from bot.deploys.gates import judge, kept
from bot.deploys.gates.inputs import known
from bot.deploys.request import Asked, draft_deploy
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.people import Actor, require_one
from bot.ports import Tx
from bot.power.standing import actor_of
from bot.production.inputs.deploy import Facts
from bot.runs.checklist.layout import phases_of, steps_of
from bot.runs.model import Run
from bot.text import plural, say, shorten
from bot.tools import Tools
from handlers.slack.blocks.elements import SECTION_LIMIT, escape
from handlers.slack.deploys.gates import change_lines, gate_lines
from handlers.slack.messaging.responder import Responder


def plan_dry_run(domain: Domain, tx: Tx, actor: Actor, asked: Asked) -> bool:
    """Plan the look; a Refusal when the person may not deploy, or the words name nothing."""
    require_one(actor, domain.kinds["deploy"].request, domain.runbook, say("deploy"))
    draft_deploy(domain, tx, actor, asked)
    payload = {"user": actor.user, "target": asked.target, "ref": asked.ref, "place": asked.place, "fixes": asked.fixes}
    tx.effects.plan("deploy.dry", f"dry:{actor.user}", payload)
    return True


def dry_run_deliverer(transactions: Transactions, tools: Tools, responder: Responder) -> Deliver:
    """The deliverer of `deploy.dry`: the answer is for the person who asked alone."""

    async def deliver(effect: Effect) -> Delivered:
        kept = effect.payload
        asked = Asked(kept["target"], kept["place"], ref=kept["ref"], fixes=kept["fixes"])
        run = await transactions.look(_draft, kept["user"], asked)
        facts = await look(tools, transactions.domain.runbook, run)
        text = await transactions.look(_words, run, facts)
        await responder.tell(kept["user"], text, kept["place"])
        return Delivered()

    return deliver


def _draft(domain: Domain, tx: Tx, user: str, asked: Asked) -> Run:
    actor = replace(actor_of(domain, tx, user), place=asked.place)
    return draft_deploy(domain, tx, actor, asked)


def _words(domain: Domain, tx: Tx, run: Run, facts: Facts) -> str:
    gates = gate_lines(kept(judge(known(domain, tx, run, facts))))
    title = say("*Dry run: {title}*. Nothing was changed.", title=escape(run.title))
    lines = [
        title,
        # However long the names in it are, they push no gate out.
        shorten("\n".join(change_lines(facts)), SECTION_LIMIT // 2),
        say("*Gates*"),
        *gates,
        say("*What would run*"),
        *_phases(domain, run),
    ]
    return shorten("\n".join(lines), SECTION_LIMIT)


def _phases(domain: Domain, run: Run) -> list[str]:
    procedure = domain.runbook.procedure(run.procedure)
    return [
        f"• {escape(phase.title)}: {plural('{count} step', '{count} steps', len(steps_of(phase, run.targets)))}"
        for phase in phases_of(procedure, "main", run.targets)
    ]
