"""The list of all items of an incident: a form with what can be done with each, drawn anew after every click."""

from dataclasses import dataclass

from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor
from bot.ports import Tx
from bot.runbook.steps import AnyStep
from bot.runs.checklist.items import StepRef
from bot.runs.checklist.layout import Section
from bot.runs.model import Card, StepState
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, actions, button, context, escape, plain, section, sentences
from handlers.slack.blocks.references import ItemsRef, read_as, write_ref
from handlers.slack.cards.items import item_buttons, touchable
from handlers.slack.cards.view import CardView, item_text, read_view
from handlers.slack.cards.windows import phase_text
from handlers.slack.incidents.card import sections
from handlers.slack.incidents.escalation import escalation_block
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply
from handlers.slack.interaction.transactions import look
from handlers.slack.interaction.visibility import seen

ITEMS_PER_PAGE = 30
"""Two blocks an item, one a phase, three around them: below the 100 blocks of a form."""


@dataclass(frozen=True)
class ItemsPage:
    """A part of the list: the phases with those of their items that it shows."""

    parts: tuple[Section, ...]
    number: int
    count: int


async def open_items(context: Context, click: Click) -> Reply:
    """Open the list, or turn to another page of it."""
    return Reply(modal=await look(context, click, ItemsRef, _list))


async def again(context: Context, actor: Actor, about: str, said: str) -> Block:
    """The list as it is now, with what its last click was answered."""
    ref = read_as(ItemsRef, about)
    return await context.transactions.look(_list_seen, actor, ref, said)


async def below(context: Context, form: Form) -> Block:
    """The list that lies below the form in which one of its items was skipped."""
    ref = read_as(StepRef, form.fields["item"])
    return await context.transactions.look(_list_around, form.request.actor, ref)


def _list_seen(domain: Domain, tx: Tx, actor: Actor, ref: ItemsRef, said: str) -> Block:
    return _list(domain, tx, actor, seen(domain, tx, actor, ref), said)


def _list_around(domain: Domain, tx: Tx, actor: Actor, ref: StepRef) -> Block:
    view = _view(domain, tx, seen(domain, tx, actor, ref).run_id)
    place = next(n for n, (_, step) in enumerate(_every(sections(view))) if step.id == ref.step_id)
    return items_form(view, place // ITEMS_PER_PAGE)


def _list(domain: Domain, tx: Tx, actor: Actor, ref: ItemsRef, said: str = "") -> Block:
    return items_form(_view(domain, tx, ref.run_id), ref.page, said)


def _view(domain: Domain, tx: Tx, run_id: int) -> CardView:
    run = tx.runs.get(run_id)
    view = read_view(domain, tx, Card(0, run_id, "main", "")) if run else None
    if view is None:
        raise Refusal(say("This run no longer exists."))
    return view


def items_form(view: CardView, page: int, said: str = "") -> Block:
    """A page of the list."""
    shown = page_of(sections(view), page)
    blocks = [block for part in shown.parts for block in _phase(view, part)]
    answered = [context(sentences(said))] if said else []
    return {
        "type": "modal",
        "callback_id": ids.INCIDENT_ITEMS,
        "title": plain(say("{done} of {count} items done", done=view.count.settled, count=view.count.items), 24),
        "close": plain(say("Close"), 24),
        "private_metadata": write_ref(ItemsRef(view.run.id, shown.number)),
        "blocks": [*answered, *blocks, *_escalation(view, shown), *_turning(view, shown)],
    }


def _escalation(view: CardView, shown: ItemsPage) -> list[Block]:
    """Who was called, under the last of the items."""
    return escalation_block(view.levels) if shown.number == shown.count - 1 else []


def page_of(parts: tuple[Section, ...], number: int) -> ItemsPage:
    """The page with this number, or the last when the list has become shorter."""
    every = _every(parts)
    count = max(1, -(-len(every) // ITEMS_PER_PAGE))
    number = min(number, count - 1)
    shown = every[number * ITEMS_PER_PAGE : (number + 1) * ITEMS_PER_PAGE]
    kept = [(part, tuple(step for of, step in shown if of is part)) for part in parts]
    return ItemsPage(tuple(Section(part.phase, steps) for part, steps in kept if steps), number, count)


def _every(parts: tuple[Section, ...]) -> list[tuple[Section, AnyStep]]:
    return [(part, step) for part in parts for step in part.steps]


def _phase(view: CardView, part: Section) -> list[Block]:
    rows = [block for step in part.steps for block in _item(view, step)]
    return [section(phase_text(view, part)), *rows]


def _item(view: CardView, step: AnyStep) -> list[Block]:
    record = view.records[step.id]
    name = f"{step.id}.{record.decision}.{record.attempt}.{record.state}"
    note = f"\n_{escape(step.note)}_" if step.note else ""
    text = section(item_text(step, record) + note, block_id=f"i.{name}")
    buttons = [*item_buttons(view, step, record), *_more(view, step)]
    return [text, actions(*buttons, block_id=f"b.{name}")] if buttons else [text]


def _more(view: CardView, step: AnyStep) -> list[Block]:
    """Skip it with a reason, and note something about it."""
    if not touchable(view):
        return []
    record = view.records[step.id]
    ref = StepRef(view.run.id, step.id, record.decision)
    open_still = not record.state.settled and record.state is not StepState.STARTED
    skip = [button(say("Skip…"), ids.STEP_SKIP, ref, about=step.text)] if open_still else []
    return [*skip, button(say("Note…"), ids.INCIDENT_NOTE, ref, about=step.text)]


def _turning(view: CardView, shown: ItemsPage) -> list[Block]:
    """To the other pages, and to see the list as it is now."""
    turns = {say("Earlier items"): -1, say("Later items"): 1, say("Refresh"): 0}
    there = {words: shown.number + turn for words, turn in turns.items() if 0 <= shown.number + turn < shown.count}
    return [actions(button(words, ids.INCIDENT_ITEMS, ItemsRef(view.run.id, page))) for words, page in there.items()]
