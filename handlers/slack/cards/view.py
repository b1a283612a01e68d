"""What a card shows, read from the database in one go, and how one item of it reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.alerts.model import Alert
from bot.domain import Domain
from bot.effects import Effect
from bot.escalation.look import LevelView, levels_of
from bot.incidents.model import Incident
from bot.legal.words import legal_view, short_words
from bot.people import Team
from bot.ports import Tx
from bot.power.persons import absences, keys_of
from bot.production.changes import Change, changes_since
from bot.production.commits import commits_in
from bot.production.model import LivePeriod
from bot.production.periods import periods_of
from bot.runbook.lint.worktrees import runs_code
from bot.runbook.model import Procedure, Runbook
from bot.runbook.steps import AnyStep
from bot.runs.budgets import began
from bot.runs.checklist.counting import Count, count_items
from bot.runs.checklist.layout import Page, pages
from bot.runs.model import Card, Gate, Run, RunState, StepRecord, StepState
from bot.runs.start import records_of
from bot.runs.waiting.decisions import decision_words, next_decision, takers
from bot.text import say, span
from bot.updates.due import next_due
from handlers.slack.blocks.elements import escape, quote, user, when
from handlers.slack.cards.drawing import Drawing

RECENT = timedelta(hours=24)
"""How far back the changes to production are told of."""


@dataclass(frozen=True)
class CardView:
    """A card's whole state. `now` is when it is drawn; once the run has ended, no time goes on but that afterwards."""

    run: Run
    page: Page
    runbook: Runbook
    procedure: Procedure
    records: dict[str, StepRecord]
    now: datetime
    first: bool = True
    gates: dict[str, Gate] = field(default_factory=dict)
    incident: Incident | None = None
    dead: tuple[Effect, ...] = ()
    """What could not be done outside; of those that are held, NeonOps tries each again by itself."""

    alerts: tuple[Alert, ...] = ()
    """Whom the run alerted and invited, and what came of it."""

    levels: tuple[LevelView, ...] = ()
    """The levels of the incident's escalation, and what came of calling them."""
    team: Team = field(default_factory=Team)
    requester: frozenset[str] = frozenset()
    """The team file's short names of who asked for the run."""
    absent: frozenset[str] = frozenset()
    """Those of people whose account is deactivated, or that of a guest."""
    holder: Run | None = None
    """The other run that has the environment which this one waits for."""

    periods: tuple[LivePeriod, ...] = ()
    """What production was seen to be by this run."""
    commits: Mapping[str | None, str] = field(default_factory=dict)
    """Deployment -> its commit, or the id again when that is not known."""

    changes: tuple[Change, ...] = ()
    """What production was seen to change to in the `RECENT` time before, newest first; of incidents."""

    began: Mapping[str, datetime] = field(default_factory=dict)
    """Phase -> when it was begun, of those with a budget."""
    legal: str = ""
    """The next legal deadline of the incident, or that its start is not known, in a line; empty when there is none."""

    update_due: datetime | None = None
    """When the next status update of the incident is due, or was."""

    drawing: Drawing = field(default_factory=Drawing)
    """How runs of this kind are drawn."""
    open_to_commands: str = ""
    """Why the run's commands can reach what the bot can; empty when they cannot, or when there are none."""

    @property
    def count(self) -> Count:
        """How many of the run's items in this stage are settled."""
        return count_items(self.run, self.procedure, self.records, self.page.stage)

    @property
    def goes_on(self) -> bool:
        """Whether time still goes on for what this card shows."""
        return not self.run.state.ended or self.page.stage == "after"

    def next(self) -> str:
        """The next decision and who may take it, in plain words; empty when nothing is to be decided."""
        decision = next_decision(self.run, self.procedure, self.records, self.gates)
        if decision is None:
            return ""
        who = takers(decision, self.runbook, self.team, requester=self.requester, absent=self.absent)
        return decision_words(decision, who)


def read_view(domain: Domain, tx: Tx, card: Card) -> CardView | None:
    """Read what a card shows; None when its procedure has no such page any more."""
    run = tx.runs.get(card.run_id)
    assert run
    procedure = domain.procedure_of(tx, run)
    every = pages(procedure, run.targets)
    page = next((page for page in every if page.key == card.page), None)
    if page is None:
        return None
    incidents = tx.incidents.find(run_id=run.id)
    periods = periods_of(tx, run.id) if run.kind.production else ()
    return CardView(
        run,
        page,
        domain.runbook_of(tx, run),
        procedure,
        records_of(tx, run.id),
        run.ended_at if run.ended_at and page.stage != "after" else tx.now,
        first=page is next(each for each in every if each.stage == page.stage),
        gates={gate.step_id or "": gate for gate in tx.gates.find(run_id=run.id, state="open")},
        incident=incidents[0] if incidents else None,
        legal=short_words(legal_view(domain, tx, incidents[0])) if incidents else "",
        update_due=next_due(tx, incidents[0]) if incidents else None,
        dead=tuple(tx.effects.find(run_id=run.id, state=("dead", "held"))),
        alerts=tuple(tx.alerts.find(run_id=run.id)),
        levels=levels_of(domain, tx, run.id) if incidents else (),
        team=domain.team,
        began=began(tx, run, procedure) if page.live else {},
        periods=tuple(periods),
        commits=commits_in(tx, run, periods),
        changes=changes_since(tx, tx.now - RECENT) if run.kind.led else (),
        holder=_holder(tx, run),
        open_to_commands=domain.open_to_commands if runs_code(procedure) and not run.state.ended else "",
        **({} if run.kind.led or run.state.ended else _who(domain, tx, run)),
    )


def _who(domain: Domain, tx: Tx, run: Run) -> dict[str, Any]:
    """Whom the next decision does not fall to."""
    return {"requester": keys_of(domain, tx, run.requested_by), "absent": frozenset(absences(domain, tx))}


def _holder(tx: Tx, run: Run) -> Run | None:
    number = tx.locks.holder(run.environment) if run.environment and run.state is RunState.WAITING else None
    return tx.runs.get(number) if number is not None else None


_MARKS = {
    StepState.OPEN: "⬜",
    StepState.STARTED: "⏳",
    StepState.DONE: "✅",
    StepState.FAILED: "⚠️",
    StepState.UNKNOWN: "❓",
    StepState.SKIPPED: "⏭️",
}


def mark(record: StepRecord) -> str:
    """The sign in front of an item; the words behind it say the same."""
    return "⏳" if record.asked_by and not record.state.settled else _MARKS[record.state]


def item_text(step: AnyStep, record: StepRecord) -> str:
    """An item as mrkdwn: its text, who settled it and when, and what was found."""
    lines = [f"{mark(record)} {_title(step, record)}{_by(record)}"]
    if record.found and record.state is not StepState.SKIPPED:
        lines.append(quote(record.found))
    return "\n".join(lines)


def _title(step: AnyStep, record: StepRecord) -> str:
    text = escape(step.text)
    return text if record.state.settled else f"*{text}*"


def _by(record: StepRecord) -> str:
    match record.state:
        case StepState.DONE:
            return f"  ·  {user(record.by)} {when(record.at)}" if record.at else ""
        case StepState.SKIPPED:
            return "  ·  " + say("skipped by {who}: {why}", who=user(record.by), why=escape(record.reason or ""))
        case StepState.STARTED:
            return "  ·  " + say("_in progress_")
        case StepState.UNKNOWN:
            return "  ·  " + say("*interrupted: check whether it happened*")
        case StepState.FAILED:
            return "  ·  " + say("*failed*")
        case _:
            return "  ·  " + say("_queued_") if record.asked_by else ""


def item_words(step: AnyStep, record: StepRecord) -> str:
    """An item for a screen reader: its state in words."""
    state = {
        StepState.OPEN: say("open"),
        StepState.STARTED: say("running"),
        StepState.DONE: say("done by {who}", who=user(record.by)),
        StepState.FAILED: say("failed"),
        StepState.UNKNOWN: say("interrupted"),
        StepState.SKIPPED: say("skipped"),
    }[record.state]
    return f"- {escape(step.text)} ({state})"


def took_words(view: CardView, record: StepRecord) -> str:
    """` · 12 s` for a step that took a while; since when it runs, which stays true however long the card stands."""
    if record.started_at is None or (record.ended_at is None and record.state is not StepState.STARTED):
        return ""
    if record.ended_at is None and view.goes_on:
        return "  ·  " + say("since {time}", time=when(record.started_at))
    lasted = (record.ended_at or view.now) - record.started_at
    return f"  ·  {span(lasted)}" if lasted >= timedelta(seconds=1) else ""
