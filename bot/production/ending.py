"""How a deploy or rollback ends: production is looked at once more, and what is seen decides.

Done means that everything was seen live and still is. What somebody moved away meanwhile asks a person; what was never
seen live (a person skipped the wait) ends as failed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.domain import Domain
from bot.domain.messages import tell
from bot.people import mention
from bot.ports import Tx
from bot.production.commits import commit_of, commits_of
from bot.production.inputs import ProductionInputs
from bot.production.observation import Seen, look_at_production
from bot.production.periods import observe, periods_of, wanted_of, went_live
from bot.runbook.model import Procedure
from bot.runbook.steps import AnyStep
from bot.runs.engine.fencing import fenced
from bot.runs.engine.progress import Work
from bot.runs.engine.settling import fail_again
from bot.runs.kind import LastLook
from bot.runs.model import Run, RunState, StepRecord, StepState
from bot.runs.plan import Finish, next_move
from bot.runs.start import finish, records_of
from bot.text import say
from bot.tools import Tools


def conclude(domain: Domain, tx: Tx, run_id: int, token: int, seen: Sequence[Seen]) -> None:
    """Write what the last look saw, and end the run or ask about what was moved away."""
    run = fenced(tx, run_id, token)
    procedure, records = domain.procedure_of(tx, run), records_of(tx, run_id)
    if run.state is not RunState.ACTIVE or not isinstance(next_move(run, procedure, records), Finish):
        return
    note(domain, tx, run, seen)
    if _ask_about(domain, tx, run, [each for each in seen if each.production and not each.is_live]):
        return
    ever_live = {each.service for each in periods_of(tx, run_id)}
    missing = [each for each in seen if not each.is_live and (each.production or each.service not in ever_live)]
    if missing:
        finish(
            domain, tx, run, RunState.FAILED, why=" ".join(_missing_words(domain, tx, run, each) for each in missing)
        )
        return
    unseen = {each.service: each.why for each in seen if each.production is None}
    run = tx.runs.save(run, inputs=replace(ProductionInputs.of(run), unverified=unseen)) if unseen else run
    finish(domain, tx, run, RunState.DONE)


def needs_look(run: Run, procedure: Procedure, records: Mapping[str, StepRecord]) -> bool:
    """Whether the run was to make something live, for real."""
    return not run.drill and bool(wanted_of(run, procedure, records))


async def last_look(tools: Tools, work: Work, token: int) -> Callable[[Domain, Tx], None]:
    """Look at production once more; what is seen decides how the run ends."""
    wanted = wanted_of(work.run, work.procedure, work.records)
    seen = await look_at_production(tools, work.runbook, wanted.values())
    return lambda domain, tx: conclude(domain, tx, work.run.id, token, seen)


def note(domain: Domain, tx: Tx, run: Run, seen: Sequence[Seen]) -> None:
    """Write what a look saw: what is live now, and what is not any more."""
    wanted = wanted_of(run, domain.procedure_of(tx, run), records_of(tx, run.id))
    for each in seen:
        if each.is_live and each.service in wanted:
            went_live(tx, run, wanted[each.service])
        elif each.production:
            observe(tx, each.service, each.production, each.at or tx.now)


def _ask_about(domain: Domain, tx: Tx, run: Run, gone: Sequence[Seen]) -> bool:
    """Ask a person about what was seen live and is not any more; False when a person settled that already."""
    procedure, records = domain.procedure_of(tx, run), records_of(tx, run.id)
    asked = False
    for each in gone:
        step = _witness(procedure, records, each.service)
        if step is None or records[step.id].state is not StepState.DONE:
            continue
        words = _gone_words(domain, tx, run, each)
        fail_again(domain, tx, run, step, records[step.id].evolve(found=words, detail={
            **records[step.id].detail, "alias": "superseded"}))  # fmt: skip
        asked = True
        if run.channel:
            said = say("⚠️ {who} {title} (run {id}) has not ended: {what}", who=mention(run.requested_by),
                       title=run.title, id=run.id, what=words)  # fmt: skip
            tell(tx, run.channel, said)
    return asked


def _witness(procedure: Procedure, records: Mapping[str, StepRecord], service: str) -> AnyStep | None:
    """The step that says whether production of the service has moved: the one that waits for it, else the request."""
    steps = [step for _, step in procedure.steps() if step.service == service and step.id in records]
    waits = [step for step in steps if step.awaits_move]
    moves = [step for step in steps if "asked_at" in records[step.id].detail]
    return next(iter((*waits, *moves)), None)


def _gone_words(domain: Domain, tx: Tx, run: Run, seen: Seen) -> str:
    title, names = _title(domain, tx, run, seen), commits_of(tx, run, (seen.production, seen.wanted))
    return say("Production of {service} is {now}, not {wanted}: it was moved outside this run.",
               service=title, now=names[seen.production], wanted=names[seen.wanted])  # fmt: skip


def _title(domain: Domain, tx: Tx, run: Run, seen: Seen) -> str:
    return domain.runbook_of(tx, run).service(seen.service).title


def _missing_words(domain: Domain, tx: Tx, run: Run, seen: Seen) -> str:
    title = _title(domain, tx, run, seen)
    if seen.production is None:
        return say("Unknown whether {service} is live: {why}", service=title, why=seen.why)
    return say("{service} is not live: production is {now}.", service=title, now=commit_of(tx, run, seen.production))


LAST_LOOK = LastLook(needs_look, last_look)
