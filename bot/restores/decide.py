"""Deciding about a restore: its requester chooses, somebody else approves, and both type what they mean."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor, mention, require_one
from bot.ports import Tx
from bot.power.persons import same_person
from bot.power.standing import Counts, Lost, NotKnown, lost, standing
from bot.restores.model import IN_PLACE, NEW, Choice, RestoreInputs, Target, what_words, where_words, word_of
from bot.runbook.model import Runbook
from bot.runs.model import Gate, Run
from bot.runs.start import activate, records_of
from bot.runs.waiting.gates import waiting
from bot.text import say


@dataclass(frozen=True)
class Wanted:
    """What the form says: the id of a dump or 0 for a moment, the moment, where to, and the word that was typed."""

    backup: int
    moment: str
    target: str
    typed: str


def may_choose(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> Run:
    """The waiting run, when this person may choose what it restores: who asked for it, nobody else."""
    run, _ = waiting(tx, run_id, "restore")
    require_one(actor, run.kind.request, domain.runbook, say("restore the database"))
    if actor.user != run.requested_by:
        raise Refusal(say("{who} requested this restore and chooses what is restored.", who=mention(run.requested_by)))
    return run


def choose(domain: Domain, tx: Tx, actor: Actor, run_id: int, wanted: Wanted) -> Run:
    """The requester chooses what is restored and where, and types the confirmation."""
    run = may_choose(domain, tx, actor, run_id)
    choice = _choice(tx, run, wanted)
    _check_target(domain, tx, run, choice)
    _check_typed(domain.runbook_of(tx, run), choice.target, wanted.typed)
    run = tx.runs.save(run, inputs=replace(RestoreInputs.of(run), restore=choice))
    told = {"what": what_words(choice), "where": where_words(choice.target)}
    tx.timeline.record("restore.chosen", actor, run.id, backup=choice.backup, target=choice.target, **told)
    tx.cards.touch(run.id)
    return run


def may_approve(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> tuple[Run, Gate, Choice]:
    """The waiting run, its gate and what was chosen, when this person may approve it: not who asked for it."""
    run, gate = waiting(tx, run_id, "restore")
    require_one(actor, run.kind.approve, domain.runbook, say("approve a restore"))
    if same_person(domain, tx, actor.user, run.requested_by):
        raise Refusal(say("You requested this restore, so another person must approve it."))
    choice = RestoreInputs.of(run).restore
    if choice is None:
        raise Refusal(say("{who} has not yet chosen what to restore.", who=mention(run.requested_by)))
    return run, gate, choice


def approve(domain: Domain, tx: Tx, actor: Actor, run_id: int, shown: str, typed: str) -> Run:
    """Another person approves the choice that was `shown`, and types the confirmation too; then it starts."""
    run, gate, choice = may_approve(domain, tx, actor, run_id)
    if shown != choice.digest:
        raise Refusal(say("Nothing was approved: the choice changed since you opened this form. Review it again."))
    _check_typed(domain.runbook_of(tx, run), choice.target, typed)
    _check_requester(domain, tx, run)
    tx.gates.save(gate, state="answered", answer="start", answered_by=actor.user, answered_at=tx.now)
    tx.timeline.record("run.approved", actor, run.id, title=run.title, what=what_words(choice), target=choice.target)
    return activate(domain, tx, run, actor, approved_by=actor.user)


def _check_requester(domain: Domain, tx: Tx, run: Run) -> None:
    """Who asked must still be somebody who may: roles are taken away for a reason."""
    who = mention(run.requested_by)
    match standing(domain, tx, run.requested_by, say("restore"), *run.kind.request):
        case Lost(why):
            raise Refusal(say("{who} requested this restore and {why}. Request it again.", who=who, why=why))
        case NotKnown():
            raise Refusal(
                say(
                    "Slack has not yet confirmed that {who} is still a member. NeonOps asks again: try again in a "
                    "moment.",
                    who=who,
                )
            )
        case Counts():
            pass


def no_longer(domain: Domain, tx: Tx, run: Run) -> str:
    """Why what two people agreed on does not count any more when it is begun; empty when it does."""
    for user in (run.requested_by, run.approved_by or ""):
        if why := lost(domain, tx, user, say("restore"), *run.kind.approve):
            return f"{mention(user)} {why}"
    if not run.approved_by or same_person(domain, tx, run.requested_by, run.approved_by):
        return say("a restore needs two different people")
    return ""


def _check_typed(runbook: Runbook, target: Target, typed: str) -> None:
    word = word_of(runbook, target)
    if typed.strip().lower() != word.lower():
        raise Refusal(say("Type {word} to confirm: {where}.", word=word, where=where_words(target)))


def _check_target(domain: Domain, tx: Tx, run: Run, choice: Choice) -> None:
    names = (step.new_database for _, step in domain.procedure_of(tx, run).steps())
    name = next(filter(None, names), None)
    if choice.target == NEW and name and not domain.env.get(name):
        raise Refusal(say("{name} is not set: it holds the URL of the new, empty database.", name=name))
    if choice.target == NEW and not choice.is_dump:
        raise Refusal(say("Supabase recovers a point in time in place only; into a new database, choose a dump."))


def _choice(tx: Tx, run: Run, wanted: Wanted) -> Choice:
    if wanted.target not in (NEW, IN_PLACE):
        raise Refusal(say("Choose where it goes."))
    target: Target = NEW if wanted.target == NEW else IN_PLACE
    if not wanted.backup:
        return Choice(target, _moment(tx, run, wanted.moment).isoformat())
    offered = {each.backup: each for each in RestoreInputs.of(run).backups}
    whole = {each["backup"] for each in found_backups(tx, run) if each["whole"]}
    if wanted.backup not in offered or wanted.backup not in whole:
        raise Refusal(say("This backup cannot be restored: its files are missing or changed since it was verified."))
    return Choice(**vars(offered[wanted.backup]), target=target)


def found_backups(tx: Tx, run: Run) -> list[dict[str, Any]]:
    """What the run's look at the backups found."""
    found = (record.detail.get("backups") for record in records_of(tx, run.id).values())
    return next((each for each in found if each is not None), [])


def _moment(tx: Tx, run: Run, text: str) -> datetime:
    window = next((r.detail["recovery"] for r in records_of(tx, run.id).values() if r.detail.get("recovery")), None)
    if window is None:
        raise Refusal(say("Point-in-time recovery is not available. Choose a dump."))
    try:
        moment = datetime.strptime(text.strip().removesuffix("UTC").strip(), "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(say("Write the time as 2026-11-23 03:10, in UTC.")) from None
    first, last = (datetime.fromisoformat(window[name]) for name in ("from", "until"))
    if not first <= moment <= last:
        span_words = f"{first.astimezone(UTC):%Y-%m-%d %H:%M} … {last.astimezone(UTC):%Y-%m-%d %H:%M}"
        raise Refusal(say("Recovery covers {span} UTC. Choose a time within it.", span=span_words))
    return moment
