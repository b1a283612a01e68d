"""The rollback's first card: where each service can go back to, what is known of that, and what it would leave."""

from datetime import datetime
from typing import Any

from bot.deploys.rollbacks.decide import candidates_in, chosen_in, rows_of
from bot.production.inputs.rollback import RollbackInputs
from bot.runbook.steps import AnyStep
from bot.runs.model import RunState, StepState
from bot.text import plural, say, shorten
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import (
    BLOCKS_PER_MESSAGE,
    DATE,
    SECTION_LIMIT,
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    divider,
    escape,
    option,
    quote,
    section,
    select,
    when,
)
from handlers.slack.blocks.references import CandidateRef, write_ref
from handlers.slack.cards.heading import heading, heading_words
from handlers.slack.cards.items import item_buttons
from handlers.slack.cards.notices import notices
from handlers.slack.cards.view import CardView, item_text
from handlers.slack.rollbacks.confirmation import confirming, failed_listings, known_ahead, where_to
from handlers.slack.rollbacks.warnings import warning_lines


def rollback_card(view: CardView) -> Message:
    """Candidates by service, what it would leave, what is to be settled first, then the confirmation."""
    found = candidates_in(view.records)
    services = [block for target in view.run.targets for block in _service(view, target, found.get(target))]
    warnings = warning_lines(view.run, view.runbook, known_ahead(view), where_to(view), view.periods)
    ends = [*notices(view), *confirming(view)]
    blocks = [*heading(view), *services, *_told(view), *_warnings(warnings), *_failures(view), *_items(view)]
    lines = [heading_words(view)] + [_line(view, target, found.get(target)) for target in view.run.targets]
    text = shorten("\n".join([*lines, *warnings]), TEXT_LIMIT)
    return Message(text, [*blocks[: BLOCKS_PER_MESSAGE - len(ends)], *ends])


def _told(view: CardView) -> list[Block]:
    """What who asked for it was shown, for who confirms it."""
    told = RollbackInputs.of(view.run).told if view.run.state is RunState.WAITING else ()
    return [section(shorten(escape("\n".join(told)), SECTION_LIMIT))] if told else []


def _warnings(lines: list[str]) -> list[Block]:
    return [divider(), section(shorten("\n".join(lines), SECTION_LIMIT))] if lines else []


def _service(view: CardView, target: str, listed: dict[str, Any] | None) -> list[Block]:
    text = _line(view, target, listed)
    if listed is None or RollbackInputs.of(view.run).unpins:
        return [section(text)]
    rows, choice = rows_of(listed), _choice(view, target, listed)
    text = _fitting([text, *(_row(view, row, listed, choice, target) for row in rows)])
    options = {row["id"]: _option(view, target, row) for row in rows if row["id"] != listed["live"]}
    if view.run.state is not RunState.WAITING or not options:
        return [section(text)]
    picker = select(ids.ROLLBACK_CHOOSE, say("Choose a deployment"), [*options.values()], options.get(choice or ""))
    return [section(text), actions(picker, block_id=f"choose.{target}.{choice}"[:255])]


def _fitting(lines: list[str]) -> str:
    """As many lines as a section holds; the rest is counted."""
    room = SECTION_LIMIT - 40
    shown = [line for number, line in enumerate(lines) if sum(map(len, lines[: number + 1])) + number <= room]
    more = len(lines) - len(shown)
    return "\n".join([*shown, *([plural("…and {count} more", "…and {count} more", more)] if more else [])])


def _choice(view: CardView, target: str, listed: dict[str, Any]) -> str | None:
    return chosen_in(view.run, {target: listed}).get(target)


def _line(view: CardView, target: str, listed: dict[str, Any] | None) -> str:
    title = escape(view.runbook.service(target).title)
    if RollbackInputs.of(view.run).unpins and view.run.state.ended:
        return _ended(view, target, listed or {})
    if RollbackInputs.of(view.run).unpins:
        name = _named(RollbackInputs.of(view.run).choice[target], listed or {})
        return say("*{service}*: {id} goes live, and production is unpinned", service=title, id=name)
    if listed is None:
        return _unlisted(view, title)
    choice = _choice(view, target, listed)
    if view.run.state.ended:
        return _ended(view, target, listed)
    if choice is None and listed.get("refused"):
        return say("*{service}*: ⛔ {why} Choose another.", service=title, why=escape(listed["refused"]))
    if choice is None:
        return say("*{service}*: there is no earlier deployment to go back to.", service=title)
    if choice != listed.get("recommended"):
        return say("*{service}*: goes back to {id} (chosen)", service=title, id=_named(choice, listed))
    why = say("verified healthy") if listed.get("verified") else say("no health record")
    return say("*{service}*: goes back to {id} (recommended, {why})", service=title, id=_named(choice, listed), why=why)


def _unlisted(view: CardView, title: str) -> str:
    """What is said of a service whose deployments are not known."""
    if view.run.state.ended:
        return say("*{service}*: production was not moved.", service=title)
    listings = [view.records[step.id].state for step in _steps(view) if step.lists_deployments]
    if any(state in (StepState.OPEN, StepState.STARTED) for state in listings):
        return say("*{service}*: looking up the last production deployments…", service=title)
    return say("*{service}*: the last production deployments could not be read.", service=title)


def _ended(view: CardView, target: str, listed: dict[str, Any]) -> str:
    """What became of a service, as production was seen."""
    title = escape(view.runbook.service(target).title)
    moved = next((each for each in view.periods if each.service == target and each.moved), None)
    if moved and RollbackInputs.of(view.run).unpins:
        return say("*{service}*: {id} went live", service=title, id=_named(moved.deployment, listed))
    if moved:
        return say("*{service}*: went back to {id}", service=title, id=_named(moved.deployment, listed))
    return say("*{service}*: production was not moved.", service=title)


def _named(choice: str, listed: dict[str, Any]) -> str:
    """A deployment by its commit, as people know it; by its id when it is not among those listed."""
    row = next((row for row in rows_of(listed) if row["id"] == choice and row["sha"]), None)
    return f"`{escape(row['sha'])}` {_message(row)}" if row else f"`{escape(choice)}`"


def _message(row: dict[str, str]) -> str:
    return escape(shorten(row["message"], 80))


def _row(view: CardView, row: dict[str, str], listed: dict[str, Any], choice: str | None, target: str) -> str:
    live = _live(view, target, listed)
    sign = "🟢" if row["id"] == live else "⏪" if row["id"] == choice and not view.run.state.ended else "▫️"
    mark = "  ·  " + say("*live*") if row["id"] == live else ""
    pinned = " " + say("(pinned by a rollback)") if mark and listed.get("pinned") else ""
    made = say("created {time}", time=when(datetime.fromisoformat(row["created_at"]), DATE))
    what = _message(row) or f"`{escape(row['id'])}`"
    facts = f"{escape(shorten(row['author'], 40))}, {made}, {_verdict(view, row['id'])}"
    return f"{sign} `{escape(row['sha'] or row['id'][:12])}` {what}  ·  {facts}{mark}{pinned}"


def _live(view: CardView, target: str, listed: dict[str, Any]) -> str | None:
    """What is live there as far as this run has seen: when it listed, else after it moved production."""
    seen = [each for each in view.periods if each.service == target]
    if not seen:
        live: str | None = listed["live"]
        return live
    return seen[-1].followed_by if seen[-1].over_at else seen[-1].deployment


def _verdict(view: CardView, deployment: str) -> str:
    """What our own history saw of it while it was live."""
    verdict = RollbackInputs.of(view.run).verdicts.get(deployment)
    known = {"healthy": say("healthy when verified"), "unhealthy": say("⚠️ *unhealthy* when verified")}
    return known.get(verdict or "", say("no health record"))


def _option(view: CardView, target: str, row: dict[str, str]) -> Block:
    return option(
        f"{row['sha'] or row['id']} {row['message']}", write_ref(CandidateRef(view.run.id, target, row["id"]))
    )


def _steps(view: CardView) -> list[AnyStep]:
    return [step for part in view.page.sections for step in part.steps]


def _items(view: CardView) -> list[Block]:
    """What people (or the bot) settle before it starts; a listing is not an item, it is what the card shows."""
    blocks: list[Block] = []
    for step in _steps(view):
        record = view.records[step.id]
        if step.lists_deployments:
            continue
        blocks.append(section(item_text(step, record), block_id=f"i.{step.id}.{record.decision}.{record.attempt}"))
        if buttons := item_buttons(view, step, record):
            blocks.append(actions(*buttons))
    return [divider(), *blocks] if blocks else []


def _failures(view: CardView) -> list[Block]:
    """Listings that failed, and what can be done."""
    blocks: list[Block] = []
    for step in failed_listings(view):
        record = view.records[step.id]
        blocks.append(section(f"⚠️ *{escape(step.text)}*\n{quote(record.found or '')}"))
        if buttons := [each for each in item_buttons(view, step, record) if each["action_id"] != ids.STEP_TICK]:
            blocks.append(actions(*buttons))
    return blocks
