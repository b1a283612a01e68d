"""The timeline of an incident in a form, turned page by page."""

from bot.domain import Domain
from bot.incidents.access import visible
from bot.incidents.model import Incident
from bot.people import Actor
from bot.ports import Tx
from bot.text import say
from bot.timeline import Event
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, actions, button, plain
from handlers.slack.blocks.lists import chunks
from handlers.slack.blocks.references import TimelineRef, write_ref
from handlers.slack.incidents.lists import event_line
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Reply
from handlers.slack.interaction.transactions import look

PAGE = 30
"""Events of one page."""


async def open_page(context: Context, click: Click) -> Reply:
    """Open a page, or turn to another."""
    return Reply(modal=await look(context, click, TimelineRef, _page))


def _page(domain: Domain, tx: Tx, actor: Actor, ref: TimelineRef) -> Block:
    """The events after or before one of them."""
    incident = visible(domain, tx, actor, ref.number)
    if ref.later:
        found = tx.timeline.of_run_after(incident.run_id, ref.seq, PAGE)
    else:
        found = tx.timeline.of_run(incident.run_id, before=ref.seq, limit=PAGE)
    more = bool(found) and bool(tx.timeline.of_run(incident.run_id, before=found[0].seq, limit=1))
    later = bool(found) and bool(tx.timeline.of_run_after(incident.run_id, found[-1].seq, 1))
    return timeline_form(incident, found, earlier=more, later=later)


def timeline_form(incident: Incident, events: list[Event], *, earlier: bool, later: bool) -> Block:
    """A page of events, with ways to those around them."""
    turns = [earlier_button(incident, events[0])] if earlier else []
    if later:
        ref = TimelineRef(incident.id, events[-1].seq, 1)
        turns.append(button(say("Later events"), ids.TIMELINE_LATER, ref))
    return {
        "type": "modal",
        "callback_id": ids.TIMELINE_EARLIER,
        "title": plain(say("Incident {id}: timeline", id=incident.id), 24),
        "close": plain(say("Close"), 24),
        "private_metadata": write_ref(TimelineRef(incident.id, events[0].seq if events else 0, 0)),
        "blocks": [*chunks([event_line(event) for event in events]), *([actions(*turns)] if turns else [])],
    }


def earlier_button(incident: Incident, first: Event) -> Block:
    """Opens the events before this one."""
    return button(say("Earlier events"), ids.TIMELINE_EARLIER, TimelineRef(incident.id, first.seq, 0))
