"""The gates of a deploy on its card: what passed in one line, what stands in the way in full, and what can be done."""

from collections.abc import Sequence

from bot.deploys.gates import CHECKLIST, checklist_gate
from bot.deploys.rollbacks.abort import PromoteRef, offered, written_offer
from bot.production.inputs.deploy import NO_FACTS, DeployInputs, Facts, Gate
from bot.runs.start import open_required
from bot.text import listing, plural, say, shorten
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, actions, button, confirm, divider, escape, section, sentence, user
from handlers.slack.blocks.references import RunRef
from handlers.slack.cards.view import CardView

_OPEN = "⬜"
_SIGNS = {"warning": "🟡", "failed": "⛔", "overridden": "⚠️", "unknown": "❔"}


def gate_blocks(view: CardView) -> list[Block]:
    """The gates as they were last judged."""
    inputs = DeployInputs.of(view.run)
    gates = inputs.gates
    if not gates:
        return [divider(), section(say("*Gates*") + "\n" + _looking(view))]
    left = open_required(view.procedure, view.run, view.records, "before")
    lines = gate_lines([checklist_gate(left), *gates])
    # Two texts: however long the names in what would change are, they push no gate out.
    changes = "\n".join(change_lines(inputs.facts or NO_FACTS))
    text = "\n".join([say("*Gates*"), *_state(view), *lines])
    failed = inputs.failed
    buttons = [*(_buttons(view, failed) if failed or view.run.approved_by else ()), *_promote(view)]
    parts = [section(each) for each in (changes, text) if each]
    return [divider(), *parts, *([actions(*buttons)] if buttons else [])]


def _looking(view: CardView) -> str:
    """That it is being looked up; why not, when it was given up: the card's *Try again* looks once more."""
    lost = next((each for each in view.dead if each.kind in ("deploy.look", "deploy.start")), None)
    if lost is None:
        return say("⏳ checking…")
    return say("❔ The gates could not be checked: {why} Press *Try again*.", why=sentence(lost.error or ""))


def change_lines(facts: Facts) -> list[str]:
    """What a deploy would bring: the commits since what is live, and their migrations."""
    commits = facts.commits
    if why := _unread(facts):
        return [say("❔ *What would change* is unknown: {why}", why=escape(why))]
    if not facts.live:
        return []
    if not commits:
        return [
            say("*What would change*"),
            say("Nothing: this commit is already live, or is not ahead of what is live."),
        ]
    total = len(commits) + facts.more
    count = plural("{count} commit since what is live", "{count} commits since what is live", total)
    lines = [
        say("*What would change*: {count}", count=count),
        *(f"• {escape(shorten(each, 100))}" for each in commits[:5]),
    ]
    if total > 5:
        lines.append(say("• and {count} more", count=total - len(commits[:5])))
    if facts.migrations:
        lines.append(say("🗄️ Migrations: {names}", names=escape(listing(facts.migrations))))
    return lines


def _unread(facts: Facts) -> str | None:
    """Why the commits and migrations are not known; None when they are."""
    unread = {"changes", *(() if facts.sha else ("commit",)), *(() if facts.live else ("live",))}
    return next((why for name, why in facts.unasked.items() if name in unread), None)


def gate_lines(gates: Sequence[Gate]) -> list[str]:
    """What stands in the way or is worth knowing, and how many gates passed."""
    passed = [gate for gate in gates if gate.verdict == "passed"]
    lines = [f"{_sign(gate)} {sentence(gate.why)}" for gate in gates if gate.verdict in _SIGNS]
    return [*lines, "✅ " + plural("{count} gate passed", "{count} gates passed", len(passed))]


def _sign(gate: Gate) -> str:
    return _OPEN if gate.id == CHECKLIST else _SIGNS[gate.verdict]


def _state(view: CardView) -> list[str]:
    run, inputs = view.run, DeployInputs.of(view.run)
    commit = ((inputs.facts or NO_FACTS).sha or "")[:7]
    lines: list[str] = [say("Commit `{sha}`", sha=commit)] if commit else []
    if run.approved_by:
        said = say("Approved by {who}. Once nothing blocks it, *Check again* starts it.", who=user(run.approved_by))
        lines.append(sentence(f"⏳ {inputs.doubt}.") if inputs.doubt else said)
    elif inputs.voided:
        again = say("Request a new deploy.") if inputs.ask_anew else say("Approve it again.")
        lines.append(say("The approval is void: {why}. {again}", why=sentence(inputs.voided), again=again))
    return lines


def _buttons(view: CardView, failed: Sequence[Gate]) -> list[Block]:
    again = button(say("Check again"), ids.GATES_AGAIN, RunRef(view.run.id))
    if not any(gate.overridable for gate in failed):
        return [again]
    return [again, button(say("Override…"), ids.GATE_OVERRIDE, RunRef(view.run.id))]


def _promote(view: CardView) -> list[Block]:
    """The way out of a pin: the newest deployments that are not known to be bad."""
    offer = offered(view.run)
    if not offer:
        return []
    found = (DeployInputs.of(view.run).facts or NO_FACTS).newer
    names = [_newest(view, service, found[service], chosen) for service, chosen in offer.items()]
    words = say("{names}\nIt goes live immediately, and production is unpinned.", names="\n".join(names))
    if view.runbook.rollbacks.approval:
        words = say("{names}\nIt goes live once another person confirms it on its own card.", names="\n".join(names))
    sure = confirm(say("Promote the newest?"), words, say("Promote"))
    return [button(say("Promote newest"), ids.RUN_PROMOTE, PromoteRef(view.run.id, written_offer(offer)), sure=sure)]


def _newest(view: CardView, service: str, listed: list[dict[str, str]], chosen: str) -> str:
    each = next(each for each in listed if each["id"] == chosen)
    what = shorten(f"{each['sha'] or chosen} {each['message']}".strip(), 80)
    return f"*{escape(view.runbook.service(service).title)}*: {escape(what)}"
