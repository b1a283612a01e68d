"""Which steps of a procedure apply to a run, and on which cards they are shown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.runbook.model import Phase, Procedure
from bot.runbook.steps import AnyStep

ITEMS_PER_CARD = 20
"""More items than this, and each phase gets a card of its own; a longer phase is cut into parts."""
PHASES_PER_CARD = 10
"""More phases than this, and their titles leave no room on one message (50 blocks) for the items."""

STAGES = ("before", "main", "after")


@dataclass(frozen=True)
class Section:
    """A phase on a card, with those of its steps that the card shows."""

    phase: Phase
    steps: tuple[AnyStep, ...]
    part: int = 0
    parts: int = 1


@dataclass(frozen=True)
class Page:
    """One card. `key` names it within the run: `main`, `before`, `main/investigation`, `main/investigation/2`."""

    key: str
    stage: str
    sections: tuple[Section, ...]
    live: bool = False
    """Whether it shows a sequence that the bot runs, a line a step, rather than a checklist."""


def applies(service: str | None, targets: Iterable[str]) -> bool:
    """Whether something for this service belongs to a run with these targets (no targets = all)."""
    wanted = tuple(targets)
    return service is None or not wanted or service in wanted


def steps_of(phase: Phase, targets: Iterable[str]) -> tuple[AnyStep, ...]:
    """The steps of a phase that apply to a run with these targets."""
    wanted = tuple(targets)
    if not applies(phase.service, wanted):
        return ()
    return tuple(step for step in phase.steps if applies(step.service, wanted))


def phases_of(procedure: Procedure, stage: str, targets: Iterable[str]) -> tuple[Phase, ...]:
    """The phases of a stage that have something to do."""
    wanted = tuple(targets)
    return tuple(phase for phase in procedure.phases if phase.stage == stage and steps_of(phase, wanted))


def pages(procedure: Procedure, targets: Iterable[str] = ()) -> tuple[Page, ...]:
    """Every card of a run, in order."""
    wanted = tuple(targets)
    return tuple(page for stage in STAGES for page in _stage_pages(procedure, stage, wanted))


def sections_of(procedure: Procedure, stage: str, targets: Iterable[str]) -> tuple[Section, ...]:
    """The phases of a stage with their steps."""
    wanted = tuple(targets)
    return tuple(Section(phase, steps_of(phase, wanted)) for phase in phases_of(procedure, stage, wanted))


def page_of(procedure: Procedure, targets: Iterable[str], step_id: str) -> str:
    """The key of the card that shows a step; KeyError when no card does."""
    for page in pages(procedure, targets):
        if any(step.id == step_id for section in page.sections for step in section.steps):
            return page.key
    raise KeyError(step_id)


def pages_about(procedure: Procedure, targets: Iterable[str], step_id: str) -> tuple[str, ...]:
    """The keys of the cards that a step's state shows on: its own, and the first of its stage, which counts items."""
    every = pages(procedure, targets)
    own = next(each for each in every if each.key == page_of(procedure, targets, step_id))
    first = next(each for each in every if each.stage == own.stage)
    return tuple(dict.fromkeys((own.key, first.key)))


def _stage_pages(procedure: Procedure, stage: str, targets: tuple[str, ...]) -> Iterator[Page]:
    sections = sections_of(procedure, stage, targets)
    if not sections:
        return
    if any(section.phase.mode == "sequence" for section in sections):
        yield Page(stage, stage, sections, live=True)
    elif shows_what_is_next(procedure, stage) or _fits(sections):
        yield Page(stage, stage, sections)
    else:
        yield from (page for section in sections for page in _phase_pages(stage, section))


def shows_what_is_next(procedure: Procedure, stage: str) -> bool:
    """Whether one card names the next items and opens a list of all, however many there are: that of an incident."""
    return procedure.kind == "incident" and stage == "main"


def _fits(sections: tuple[Section, ...]) -> bool:
    return len(sections) <= PHASES_PER_CARD and sum(len(each.steps) for each in sections) <= ITEMS_PER_CARD


def _phase_pages(stage: str, section: Section) -> Iterator[Page]:
    cuts = range(0, len(section.steps), ITEMS_PER_CARD)
    for part, start in enumerate(cuts):
        key = f"{stage}/{section.phase.id}" + (f"/{part + 1}" if len(cuts) > 1 else "")
        cut = Section(section.phase, section.steps[start : start + ITEMS_PER_CARD], part, len(cuts))
        yield Page(key, stage, (cut,))
