"""Calling people: the rows of who is to be reached, and the effects that reach them."""

from collections.abc import Iterable
from datetime import timedelta

from bot.alerts.model import Alert, Call, Way
from bot.domain import Domain
from bot.effects import FIRST, LEFT
from bot.oncall.duty import order_of
from bot.people import ROBOT
from bot.ports import Tx
from bot.runs.model import Run
from bot.text import say, span

KINDS = ("notify", "alert.direct", "page")
"""Kinds of effects that reach people."""
MOST_PAGES, WITHIN = 10, timedelta(hours=1)
"""Pages of one person for one run in that time, however often it is escalated; then they are only mentioned."""
SOONER = 1
"""Behind the first card, before all that is said."""


def call_roles(domain: Domain, tx: Tx, run: Run, roles: Iterable[str], call: Call, *, pages: bool = True) -> None:
    """Have who is on call for roles mentioned in the run's channel and paged. Nobody is paged in a drill."""
    call_people(domain, tx, run, order_of(domain, tx, roles).first, call, pages=pages)


def call_people(domain: Domain, tx: Tx, run: Run, people: Iterable[str], call: Call, *, pages: bool = True) -> None:
    """The same for people by their short names. Pagers are called beside the message: they work when Slack does not."""
    people = list(people)
    for person in people:
        _row(tx, run, call, person, Way.MESSAGE)
        if pages and not run.drill and domain.team.people[person].page and _may_page(domain, tx, run, person):
            page_person(tx, run, _row(tx, run, call, person, Way.PAGE))
    payload = {**vars(call), "people": people}
    target = f"run:{run.id}:notify:{call.item}:{call.turn}"
    tx.effects.plan("notify", target, payload, run_id=run.id, priority=SOONER)


def _may_page(domain: Domain, tx: Tx, run: Run, person: str) -> bool:
    """Whether they were not paged too often already: that they were spared is written down."""
    pages = tx.alerts.find(run_id=run.id, person=person, way=Way.PAGE)
    if sum(each.at > tx.now - WITHIN for each in pages) < MOST_PAGES:
        return True
    said = {"person": domain.team.people[person].name, "count": MOST_PAGES, "time": span(WITHIN)}
    tx.timeline.record("page.spared", ROBOT, run.id, **said)
    return False


def page_person(tx: Tx, run: Run, alert: Alert) -> None:
    """Have the pagers of a row's person called."""
    payload = {"alert": alert.id, "item": alert.item, "person": alert.person}
    tx.effects.plan("page", f"page:{alert.id}", payload, run_id=run.id, priority=FIRST)


def _row(tx: Tx, run: Run, call: Call, person: str, way: Way) -> Alert:
    return tx.alerts.add(Alert(0, run.id, call.item, call.step_attempt, call.turn, person, way, tx.now))


def call_off(tx: Tx, run_id: int, item: str) -> None:
    """What is on its way to people for an item does not count any more."""
    found = tx.effects.find(run_id=run_id, kind=KINDS, state=LEFT)
    for effect in (each for each in found if each.payload.get("item") == item):
        tx.effects.save(effect, state="done", result={"skipped": say("it was cancelled")})
