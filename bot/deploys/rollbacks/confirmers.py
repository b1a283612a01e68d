"""Whose word a rollback needs, and whether it counts still when the rollback starts."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.deploys.approval.approvers import doubt_words
from bot.domain import Domain
from bot.people import mention
from bot.ports import Tx
from bot.power.persons import same_person
from bot.power.standing import lost
from bot.production.inputs.rollback import RollbackInputs
from bot.runs.model import Run
from bot.text import say


def needs_another(domain: Domain, tx: Tx, run: Run) -> bool:
    """Whether somebody other than the requester has to confirm it."""
    return domain.runbook_of(tx, run).rollbacks.approval and not RollbackInputs.of(run).emergency


def requester_lost(domain: Domain, tx: Tx, run: Run) -> str:
    """Why the rollback that somebody asked for does not count any more; empty when it does."""
    why = lost(domain, tx, run.requested_by, say("roll back"), *run.kind.request)
    return say("{who} requested this rollback and {why}", who=mention(run.requested_by), why=why) if why else ""


def no_longer(domain: Domain, tx: Tx, run: Run, by: str) -> str:
    """Why a confirmation that was right when it was given does not count any more; empty when it does."""
    if not RollbackInputs.of(run).emergency and (why := requester_lost(domain, tx, run)):
        return why
    if why := lost(domain, tx, by, say("roll back"), *run.kind.approve):
        return f"{mention(by)} {why}"
    if needs_another(domain, tx, run) and same_person(domain, tx, by, run.requested_by):
        return say("{who} requested this rollback", who=mention(run.requested_by))
    return ""


DECIDED_LATELY = timedelta(minutes=10)
"""Who clicked so lately was there: in an outage a rollback does not wait for Slack to say so."""


def emergency_of(run: Run) -> Iterable[str]:
    """Who made it an emergency, which starts by itself; nobody when it is none."""
    given = RollbackInputs.of(run).emergency
    return [given.by] if given else []


def deciders(run: Run) -> Iterable[str]:
    """Everybody on whose word the rollback starts."""
    given = RollbackInputs.of(run).confirmed
    return [*([given.by] if given else []), *(emergency_of(run) or [run.requested_by])]


def doubted(domain: Domain, tx: Tx, run_id: int, doubts: Mapping[str, str]) -> str:
    """Why the start is put off while Slack does not answer; empty when somebody decided lately."""
    run = tx.runs.get(run_id)
    inputs = RollbackInputs.of(run) if run else RollbackInputs()
    given = inputs.confirmed or inputs.emergency
    if given is None or tx.now - datetime.fromisoformat(given.at) < DECIDED_LATELY:
        return ""
    return doubt_words(doubts)
