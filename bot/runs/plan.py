"""What a run needs next: a pure function of its procedure, its records and its open gates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.runbook.model import Phase, Procedure
from bot.runbook.steps import AnyStep
from bot.runs.checklist.layout import phases_of, steps_of
from bot.runs.model import Run, RunState, StepRecord, StepState

Records = Mapping[str, StepRecord]


@dataclass(frozen=True)
class Execute:
    """The bot should do these steps now, side by side."""

    steps: tuple[AnyStep, ...]


@dataclass(frozen=True)
class Finish:
    """Everything required is settled."""


@dataclass(frozen=True)
class Rest:
    """Nothing to do until somebody decides something or a step ends."""


Move = Execute | Finish | Rest


def next_move(run: Run, procedure: Procedure, records: Records) -> Move:
    """What to do now.

    In a checklist every bot step that starts by itself is done as soon as its stage is reached, side by side; what
    fails there waits for a person and holds nothing up. In a sequence one step follows another, and the first that is
    not settled holds up what comes after it, except when it is not required and has ended.
    """
    stage = current_stage(run)
    phases = phases_of(procedure, stage, run.targets)
    ready = tuple(_ready(run, phases, records))
    if ready:
        return Execute(ready)
    busy = any(record.state is StepState.STARTED for record in records.values())
    if stage == "main" and run.state is RunState.ACTIVE and not run.kind.led and not busy:
        return Finish() if _settled(run, phases, records) else Rest()
    return Rest()


def at_work(run: Run, procedure: Procedure, records: Records) -> tuple[Phase, AnyStep] | None:
    """The phase of a sequence that is being worked on, and the step that holds it up; None in a mere checklist."""
    for phase in phases_of(procedure, current_stage(run), run.targets):
        held = _holding(steps_of(phase, run.targets), records) if phase.mode == "sequence" else None
        if held is not None:
            return phase, held
    return None


def current_stage(run: Run) -> str:
    """The stage in which a run is."""
    if run.state is RunState.WAITING:
        return "before"
    return "main" if run.state is RunState.ACTIVE else "after"


def _ready(run: Run, phases: tuple[Phase, ...], records: Records) -> Iterator[AnyStep]:
    if run.state.ended and run.state is not RunState.DONE:
        return
    for phase in phases:
        steps = steps_of(phase, run.targets)
        if phase.mode == "checklist":
            yield from (step for step in steps if _wanted(step, records[step.id]))
            continue
        held = _holding(steps, records)
        if held is not None:
            yield from (held,) if _next_in_line(held, records[held.id]) else ()
            return


def _wanted(step: AnyStep, record: StepRecord) -> bool:
    """Whether a checklist's bot step is to be done: asked for by a person, or never tried and starting by itself."""
    if step.by_person or record.state is not StepState.OPEN:
        return False
    return bool(record.asked_by) or (step.starts == "auto" and record.attempt == 0 and record.decision == 0)


def _next_in_line(step: AnyStep, record: StepRecord) -> bool:
    """Whether a sequence's bot step is to be done: not tried, or asked for again."""
    if step.by_person or record.state is not StepState.OPEN:
        return False
    return bool(record.asked_by) or (step.starts == "auto" and record.attempt == 0)


def _holding(steps: tuple[AnyStep, ...], records: Records) -> AnyStep | None:
    """The first step of a sequence that nothing may pass."""
    return next((step for step in steps if _holds(step, records[step.id])), None)


def _holds(step: AnyStep, record: StepRecord) -> bool:
    if record.state.settled:
        return False
    given_up = record.state is StepState.FAILED and not step.required
    return not given_up


def _settled(run: Run, phases: tuple[Phase, ...], records: Records) -> bool:
    every = (step for phase in phases for step in steps_of(phase, run.targets))
    return all(records[step.id].state.settled or not step.required for step in every)
