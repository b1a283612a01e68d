"""GitHub's checks of the commit: a gate of the deploy, and the checklist items that GitHub answers."""

from dataclasses import replace

from bot.deploys.gates.inputs import Known, passed, unasked
from bot.domain import Domain
from bot.people import ROBOT
from bot.ports import Tx
from bot.production.inputs.deploy import NO_FACTS, DeployInputs, Facts, Gate
from bot.runbook.steps import Step
from bot.runs.model import Run, StepRecord, StepState
from bot.runs.start import records_of
from bot.text import say


def checks_gate(what: Known) -> Gate:
    """Failed checks stand in the way; what runs still, or is not known, is worth knowing."""
    said = what.facts.checks
    if not said:
        return unasked(what, "checks") or Gate("checks", "off", say("GitHub checks are not set up."))
    words = say("GitHub checks: {words}.", words=said["words"])
    if said["state"] == "good":
        return passed("checks", words)
    if said["state"] != "bad":
        return Gate("checks", "warning", words)
    # Facts of early versions do not have the names of what failed.
    cause = (what.facts.sha or "", said["failed"]) if said.get("failed") else ()
    return Gate("checks", "failed", words, cause=cause)


def keep_failed(run: Run, facts: Facts) -> Facts:
    """Checks that had failed when they were asked last have failed still when they cannot be asked now."""
    earlier = DeployInputs.of(run).facts or NO_FACTS
    said = earlier.checks
    if facts.checks or said.get("state") != "bad" or earlier.sha != facts.sha:
        return facts
    words = say("{words} (last known; now: {why})", words=said["words"], why=facts.unasked.get("checks", ""))
    return replace(facts, checks={**said, "words": words})


def ask_items(domain: Domain, tx: Tx, run: Run, sha: str | None, *, all_of_them: bool = False) -> None:
    """Have GitHub asked about this commit by the items that it answers.

    What the bot ticked for another commit is taken back first; what a person settled stays. What is good already is
    asked again with `all_of_them`.
    """
    records = records_of(tx, run.id)
    items = [step for _, step in domain.procedure_of(tx, run).steps() if step.about_commit]
    for step in (each for each in items if each.id in records):
        record = records[step.id]
        theirs = record.state.settled and record.by != ROBOT.user
        known = record.state.settled and record.detail.get("sha") == sha and not all_of_them
        if not (theirs or known or record.asked_by):
            _ask(tx, run, step, record)


def _ask(tx: Tx, run: Run, step: Step, record: StepRecord) -> None:
    if record.state.settled:
        tx.timeline.record("step.unticked", ROBOT, run.id, step=step.id, text=step.text)
    state = StepState.STARTED if record.state is StepState.STARTED else StepState.OPEN
    decision = record.decision + record.state.settled
    tx.steps.save(record, state=state, decision=decision, by=None, at=None, reason=None, asked_by=ROBOT.user)
    tx.cards.touch(run.id)
    tx.wake("run", run.id)
