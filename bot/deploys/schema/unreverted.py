"""What a rollback of the application does not take back: the schema that an aborted deploy changed."""

from collections.abc import Mapping

from bot.production.inputs.deploy import NO_FACTS, DeployInputs, Facts
from bot.runbook.model import Procedure
from bot.runs.model import Run, StepRecord, StepState
from bot.text import listing, say


def schema_left(run: Run, procedure: Procedure, records: Mapping[str, StepRecord]) -> str:
    """That the run changed the database's schema (or may have), naming the migrations; empty when it did not."""
    steps = [step for _, step in procedure.steps() if step.changes_schema]
    begun = [records[step.id] for step in steps if step.id in records and records[step.id].attempt]
    if not begun or run.drill:
        return ""
    facts = DeployInputs.of(run).facts or NO_FACTS
    names = facts.migrations
    done = all(record.state is StepState.DONE for record in begun)
    if done and not names and _compared(facts):
        return ""
    what = " " + say("({names})", names=listing(names)) if names else ""
    if done:
        return say("The database's schema was changed by this run{what} and is not rolled back.", what=what)
    return say("The database's schema may have been changed by this run{what} and is not rolled back.", what=what)


def _compared(facts: Facts) -> bool:
    """Whether it is known which migrations the commit brought: the commits since what was live could be read."""
    return bool(facts.live and facts.sha) and (facts.live == facts.sha or bool(facts.commits))
