"""What runs or waits now, and what keeps deploys from starting."""

from collections.abc import Sequence

from bot.deploys.history.queries import Pin, Progress
from bot.runs.model import Run
from bot.text import listing, say, span
from handlers.slack.blocks.elements import DATE, escape, section, sentence, user, when
from handlers.slack.blocks.lists import Answer, answer, chunks
from handlers.slack.cards.heading import STATES
from handlers.slack.rollbacks.undo import undo_button


def runs_now(found: list[Progress], holds: Sequence[str] = ()) -> Answer:
    """Deploys and rollbacks that run or wait, and what keeps deploys from starting."""
    held = [f"🔒 {sentence(each)}" for each in holds]
    if not found:
        nothing = say("No deploy or rollback is running or waiting.")
        return ("\n".join([nothing, *held]), chunks([nothing, *held])) if held else (nothing, ())
    lines = [_run_line(each.run) + _at_step(each) for each in found]
    return answer(say("Running or waiting now"), [*lines, *held])


def with_pins(given: Answer, pins: Sequence[Pin]) -> Answer:
    """The answer, and where production stands still because of a rollback, each with the way out of it."""
    lines = [_pin_line(pin) for pin in pins]
    blocks = given[1] or (section(given[0]),)
    rows = [section(line, undo_button(pin.run)) for pin, line in zip(pins, lines, strict=True)]
    return ("\n".join([given[0], *lines]), (*blocks, *rows)) if pins else given


def _pin_line(pin: Pin) -> str:
    names = escape(listing(pin.titles))
    return say("📌 *{names}*: pinned by the rollback of run {id}; deploys go live only when promoted.", names=names,
               id=pin.run.id)  # fmt: skip


def _at_step(each: Progress) -> str:
    return f" · {each.count.short}" if each.count.items else ""


def _run_line(run: Run) -> str:
    icon, words = STATES[run.state]
    started = run.started_at or run.created_at
    lasted = " " + say("in {time}", time=span(run.ended_at - started)) if run.ended_at else ""
    return (
        f"{icon} *{run.id}* {escape(run.title)} · {say(words)}{lasted} · {user(run.requested_by)}"
        f" · {when(started, DATE)}"
    )
