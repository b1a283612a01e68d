"""The rollback's first card: where each service can go back to, which is recommended, and why."""

from datetime import datetime
from typing import Any

from bot.deploys.decide import candidates_in
from bot.runs.model import Run, RunState, StepState
from bot.text import say, shorten
from handlers import ids
from handlers.blocks.checklist import item_buttons
from handlers.blocks.elements import (
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    button,
    confirm,
    escape,
    option,
    quote,
    section,
    select,
    when,
)
from handlers.blocks.footer import footer
from handlers.blocks.heading import heading, heading_words, notices
from handlers.blocks.view import CardView
from handlers.refs import RunRef


def rollback_card(view: CardView) -> Message:
    """Candidates by service, then the confirmation."""
    found = candidates_in(view.records)
    services = [block for target in view.run.targets for block in _service(view, target, found.get(target))]
    blocks = [*heading(view), *services, *_failures(view), *notices(view), *footer(view)]
    lines = [heading_words(view)] + [_line(view, target, found.get(target)) for target in view.run.targets]
    return Message(shorten("\n".join(lines), TEXT_LIMIT), blocks)


def undo_button(run: Run) -> Block:
    """Promotes what was live before a rollback."""
    words = say("What was live before the rollback is promoted again, and production is not pinned any more.")
    sure = confirm(say("Undo the rollback?"), words, say("Promote it"))
    return button(say("Undo"), ids.RUN_UNDO, RunRef(run.id), about=run.title, sure=sure)


def _service(view: CardView, target: str, listed: dict[str, Any] | None) -> list[Block]:
    text = _line(view, target, listed)
    if listed is None:
        return [section(text)]
    rows = listed["deployments"]
    text += "\n" + "\n".join(_row(row, listed, _choice(view, target, listed)) for row in rows)
    options = [_option(view, target, row) for row in rows if row["id"] != listed["live"]]
    if view.run.state is not RunState.WAITING or not options:
        return [section(text)]
    chosen = _choice(view, target, listed)
    initial = next((each for each in options if each["value"].endswith(f"|{chosen}")), None)
    picker = select(ids.ROLLBACK_CHOOSE, say("Choose a deployment"), options, initial)
    return [section(text), actions(picker, block_id=f"choose.{target}.{chosen}"[:255])]


def _choice(view: CardView, target: str, listed: dict[str, Any]) -> str | None:
    choice: str | None = view.run.inputs.get("choice", {}).get(target) or listed.get("recommended")
    return choice


def _line(view: CardView, target: str, listed: dict[str, Any] | None) -> str:
    title = escape(view.runbook.service(target).title)
    if listed is None:
        return say("*{service}*: looking up the last production deployments…", service=title)
    choice = _choice(view, target, listed)
    if choice is None:
        return say("*{service}*: there is no earlier deployment to go back to.", service=title)
    if choice != listed.get("recommended"):
        return say("*{service}*: goes back to {id} (chosen)", service=title, id=_named(choice, listed))
    why = say("verified healthy by us") if listed.get("verified") else say("not verified by us")
    return say("*{service}*: goes back to {id} (recommended, {why})", service=title, id=_named(choice, listed), why=why)


def _named(choice: str, listed: dict[str, Any]) -> str:
    """A deployment by its commit, as people know it; by its id when it is not among those listed."""
    row = next((row for row in listed["deployments"] if row["id"] == choice and row["sha"]), None)
    return f"`{escape(row['sha'])}` {escape(row['message'])}" if row else f"`{escape(choice)}`"


def _row(row: dict[str, str], listed: dict[str, Any], choice: str | None) -> str:
    sign = "🟢" if row["id"] == listed["live"] else "⏪" if row["id"] == choice else "▫️"
    live = say("  ·  *live*") if row["id"] == listed["live"] else ""
    pinned = say(" (pinned by a rollback)") if live and listed.get("pinned") else ""
    made = when(datetime.fromisoformat(row["created_at"]), "{date_short_pretty} {time}")
    what = escape(row["message"]) or f"`{escape(row['id'])}`"
    return f"{sign} `{escape(row['sha'] or row['id'][:12])}` {what}  ·  {escape(row['author'])} {made}{live}{pinned}"


def _option(view: CardView, target: str, row: dict[str, str]) -> Block:
    return option(f"{row['sha'] or row['id']} {row['message']}", f"{view.run.id}|{target}|{row['id']}")


def _failures(view: CardView) -> list[Block]:
    failed = [
        step for part in view.page.sections for step in part.steps if view.records[step.id].state is StepState.FAILED
    ]
    blocks: list[Block] = []
    for step in failed:
        record = view.records[step.id]
        blocks.append(section(f"⚠️ *{escape(step.text)}*\n{quote(record.found or '')}"))
        if buttons := item_buttons(view, step, record):
            blocks.append(actions(*buttons))
    return blocks
