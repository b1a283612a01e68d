"""What the bot found so far: what it looked at, what it has not, and what changed in production of late."""

from dataclasses import dataclass

from bot.production.changes import Change
from bot.runbook.steps import AnyStep
from bot.runs.checklist.layout import sections_of
from bot.runs.model import StepRecord, StepState
from bot.text import listing, plural, say, shorten
from bot.text.legible import lines_of
from handlers.slack.blocks.elements import escape, user, when
from handlers.slack.cards.view import CardView

SHORT, LONG = 46, 110
"""Characters of what one check found: one line of a phone; two when something is wrong."""
LINES = 5
"""Checks that have a line of their own."""
CHANGES_SHOWN = 2


@dataclass(frozen=True)
class Look:
    """One check of the checklist, and what came of it."""

    step: AnyStep
    record: StepRecord

    @property
    def busy(self) -> bool:
        return self.record.state is StepState.STARTED or self.record.asked_by is not None

    @property
    def lines(self) -> list[str]:
        return lines_of(self.record.found or "")

    @property
    def good(self) -> bool:
        return self.record.state is StepState.DONE and self.step.all_well(self.record.detail)

    @property
    def subjects(self) -> list[str]:
        """What was looked at: the vendors, or the item."""
        named = [line.partition(":")[0] for line in self.lines] if self.step.names_itself else []
        return named or [self.step.text]

    @property
    def words(self) -> str:
        found = " · ".join(self.lines)
        return found if self.step.names_itself else f"{self.step.text}: {found}"


def found_lines(view: CardView) -> list[str]:
    """What is wrong first, then what was looked at and left to people, what is good, and what is not known."""
    steps = (step for part in sections_of(view.procedure, view.page.stage, view.run.targets) for step in part.steps)
    looks = [Look(step, view.records[step.id]) for step in steps if step.looks]
    return [*_checks(looks), *_change_lines(view)]


def _checks(looks: list[Look]) -> list[str]:
    settled = [each for each in looks if each.lines and not each.busy]
    bad = [each for each in settled if not each.good and each.record.state is not StepState.OPEN]
    shown = [each for each in settled if each.record.state is StepState.OPEN]
    lines = [f"⚠️ {escape(shorten(each.words, LONG))}" for each in bad]
    lines += [f"🔎 {escape(shorten(each.words, SHORT))}" for each in shown]
    more = len(lines) - LINES
    rest = [plural("…and {count} more check", "…and {count} more checks", more)] if more > 0 else []
    return [*lines[:LINES], *rest, *_together(looks)]


def _together(looks: list[Look]) -> list[str]:
    """Those that are good in one line, those that go on in one, and those of which nothing is known."""
    good = [each for each in looks if each.good and not each.busy]
    busy = [each for each in looks if each.busy]
    unknown = [each for each in looks if not each.lines and not each.busy and not each.record.state.settled]
    lines = (
        say("✅ Good: {checks}", checks=_names(good)) if good else "",
        say("⏳ Being checked: {checks}", checks=_names(busy)) if busy else "",
        say("▫️ Not checked yet: {checks}", checks=_names(unknown)) if unknown else "",
    )
    return [line for line in lines if line]


def _names(looks: list[Look]) -> str:
    return escape(listing([shorten(name, SHORT) for each in looks for name in each.subjects], most=6))


def _change_lines(view: CardView) -> list[str]:
    if not view.changes:
        return [say("🚀 Production, last 24 h: no change seen by NeonOps")]
    shown = [_change(view, each) for each in view.changes[:CHANGES_SHOWN]]
    more = len(view.changes) - len(shown)
    rest = [plural("…and {count} more change", "…and {count} more changes", more)] if more else []
    return [f"🚀 {line}" for line in [*shown, *rest]]


def _change(view: CardView, change: Change) -> str:
    service = escape(_title(view, change.service))
    at = when(change.at, "{time} ({ago})")
    if change.run is None:
        return say("{service} changed before {time}, outside NeonOps", service=service, time=at)
    return say("{service} changed {time}: run {id} by {who}", service=service, time=at, id=change.run.id,
               who=user(change.run.requested_by))  # fmt: skip


def _title(view: CardView, service: str) -> str:
    return next((each.title for each in view.runbook.services if each.id == service), service)
