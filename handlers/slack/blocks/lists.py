"""Answers to "what is there?": incidents, runs, timelines. Each is (text, blocks) for a reply."""

from collections.abc import Sequence

from bot.deploys.look import Pin, Progress
from bot.incidents.look import Situation
from bot.incidents.model import Incident
from bot.runs.counting import open_items
from bot.runs.model import Run
from bot.text import listing, plural, say, shorten, span
from bot.timeline import Event
from bot.timeline.words import event_words
from handlers.slack.blocks.elements import DATE, SECTION_LIMIT, Block, context, escape, section, sentence, user, when
from handlers.slack.cards.heading import STATES
from handlers.slack.messaging.templates import where_of
from handlers.slack.rollbacks.undo import undo_button

Answer = tuple[str, tuple[Block, ...]]
ITEMS_SHOWN = 20
"""Open items of an incident that are named; the others are counted."""


def chunks(lines: list[str], limit: int = SECTION_LIMIT, most: int = 20) -> tuple[Block, ...]:
    """Lines as sections, as many to each as fit."""
    texts = [""]
    for line in lines:
        line = shorten(line, limit)
        if len(texts[-1]) + len(line) + 1 > limit:
            texts.append("")
        texts[-1] = f"{texts[-1]}\n{line}".strip()
    return tuple(section(text) for text in texts[:most] if text)


def incident_list(found: list[Situation]) -> Answer:
    """Open incidents, newest first."""
    if not found:
        return say("No incident is open. `/incident p1 what is wrong` declares one."), ()
    lines = [_incident_line(each) for each in found]
    return _answer(plural("{count} incident is not closed", "{count} incidents are not closed", len(found)), lines)


def _answer(title: str, lines: list[str]) -> Answer:
    return shorten("\n".join([title, *lines]), 3000), (section(f"*{title}*"), *chunks(lines))


def _incident_line(each: Situation) -> str:
    incident = each.incident
    severity = each.runbook.severity(incident.severity)
    status = {"open": say("open"), "resolved": say("resolved"), "closed": say("closed")}[str(incident.status)]
    drill = say("DRILL · ") if incident.drill else ""
    return say(
        "{emoji} *{id}* {drill}{severity} *{title}* · {status} since {time} · {count} · {where}",
        emoji=severity.emoji,
        id=incident.id,
        drill=drill,
        severity=incident.severity.upper(),
        title=escape(incident.title),
        status=status,
        time=when(incident.resolved_at or incident.declared_at, DATE),
        count=each.count().short,
        where=where_of(incident),
    )


def incident_status(each: Situation) -> Answer:
    """One incident: state, roles, what is open."""
    roles = [f"{role}: {user(holder)}" for role, holder in each.incident.roles.items()]
    lines = [_incident_line(each), *roles, *_open_lines(each, "main"), *_afterwards(each)]
    return _answer(say("Incident {id}", id=each.incident.id), lines)


def _open_lines(each: Situation, stage: str) -> list[str]:
    left = [step.text for step, _ in open_items(each.run, each.procedure, each.records, stage)]
    lines = [f"⬜ {escape(text)}" for text in left[:ITEMS_SHOWN]]
    more = len(left) - len(lines)
    return [*lines, plural("…and {count} more item", "…and {count} more items", more)] if more else lines


def _afterwards(each: Situation) -> list[str]:
    """What is to be done when it is over, once it is."""
    count = each.count("after")
    if not each.run.state.ended or not count.items:
        return []
    return [say("Afterwards: {count}", count=count.short), *_open_lines(each, "after")]


def timeline_blocks(incident: Incident, events: list[Event]) -> Answer:
    """The latest events of an incident, oldest first; an export has them all."""
    lines = [event_line(event) for event in events]
    text, blocks = _answer(
        say("Timeline of incident {id}: the latest {count}", id=incident.id, count=len(events)), lines
    )
    hint = say("All of it: `neonops timeline export --incident {id}`", id=incident.id)
    return text, (*blocks[:40], context(hint))


def event_line(event: Event) -> str:
    """An event with its time and actor."""
    return f"{when(event.at, '{time_secs}')}  {user(event.actor)} {sentence(shorten(event_words(event), 500))}"


def runs_now(found: list[Progress], holds: Sequence[str] = ()) -> Answer:
    """Deploys and rollbacks that run or wait, and what keeps deploys from starting."""
    held = [f"🔒 {sentence(each)}" for each in holds]
    if not found:
        nothing = say("No deploy and no rollback is running or waiting.")
        return ("\n".join([nothing, *held]), chunks([nothing, *held])) if held else (nothing, ())
    lines = [_run_line(each.run) + _at_step(each) for each in found]
    return _answer(say("Running or waiting now"), [*lines, *held])


def with_pins(answer: Answer, pins: Sequence[Pin]) -> Answer:
    """The answer, and where production stands still because of a rollback, each with the way out of it."""
    lines = [_pin_line(pin) for pin in pins]
    blocks = answer[1] or (section(answer[0]),)
    rows = [section(line, undo_button(pin.run)) for pin, line in zip(pins, lines, strict=True)]
    return ("\n".join([answer[0], *lines]), (*blocks, *rows)) if pins else answer


def _pin_line(pin: Pin) -> str:
    names = escape(listing(pin.titles))
    return say("📌 *{names}*: pinned since run {id} rolled it back; deploys go live only by promoting.", names=names,
               id=pin.run.id)  # fmt: skip


def _at_step(each: Progress) -> str:
    return f" · {each.count.short}" if each.count.items else ""


def _run_line(run: Run) -> str:
    icon, words = STATES[run.state]
    started = run.started_at or run.created_at
    lasted = say(" in {time}", time=span(run.ended_at - started)) if run.ended_at else ""
    return (
        f"{icon} *{run.id}* {escape(run.title)} · {say(words)}{lasted} · {user(run.requested_by)}"
        f" · {when(started, DATE)}"
    )
