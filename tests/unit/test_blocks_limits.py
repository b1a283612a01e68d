"""Whatever a runbook and people say, what is drawn is what Slack takes, and reaches nobody whom it should not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from card_states import (
    NOW,
    SERVICES,
    actions_of,
    counted,
    incident_of,
    procedures,
    records,
    refused,
    refused_view,
    runbooks,
    views,
    words,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torture import often

from bot.deploys.history.queries import Progress
from bot.health.checks import VENDORS, Report
from bot.incidents.look import Situation
from bot.incidents.model import IncidentStatus
from bot.incidents.windows import PhaseRef
from bot.integrations.statuspage.client import VendorIncident, VendorStatus
from bot.kinds import KINDS
from bot.ports import HealthResult
from bot.production.inputs.deploy import Gate
from bot.runs.checklist.items import StepRef
from bot.runs.checklist.layout import pages, shows_what_is_next
from bot.runs.model import Run, RunState
from bot.text import say
from bot.text.values import Reader, reading
from bot.timeline import Event
from bot.timeline.wording import WORDS
from handlers.slack.alerts.messages import ALERT
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Message
from handlers.slack.blocks.references import read_ref
from handlers.slack.cards.items import touchable
from handlers.slack.cards.view import CardView
from handlers.slack.deploys.approval import override_form
from handlers.slack.deploys.lists import runs_now
from handlers.slack.deploys.request import deploy_form
from handlers.slack.drawing import draw
from handlers.slack.health.card import health_card
from handlers.slack.home.view import home_view
from handlers.slack.incidents.card import sections
from handlers.slack.incidents.ending import close_form, resolve_form
from handlers.slack.incidents.forms import declare_form, note_form
from handlers.slack.incidents.items import items_form, page_of
from handlers.slack.incidents.lists import incident_list, incident_status, timeline_blocks
from handlers.slack.incidents.topic import TOPIC_LIMIT, topic_of
from handlers.slack.incidents.windows import unneeded_form
from handlers.slack.messaging.template import Scene, Template, render
from handlers.slack.rollbacks.incident import which_form
from handlers.slack.runs.forms import nothing_to_skip, skip_form
from handlers.slack.table import MESSAGES

SOME = settings(max_examples=often(12, 600), deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(SOME, max_examples=often(6, 240))


@pytest.fixture(params=["en", "en-XA"], autouse=True)
def readers(request: pytest.FixtureRequest) -> Iterator[None]:
    """In English, and in words that are a third longer."""
    with reading(Reader(request.param)):
        yield


@SOME
@given(views())
def test_every_card_is_a_message_that_slack_takes(every: list[CardView]) -> None:
    for view in every:
        assert refused(draw(view)) == []


@SOME
@given(views())
def test_every_item_of_a_checklist_is_on_one_card_with_its_button(every: list[CardView]) -> None:
    blocks = [block for view in every if not view.page.live for block in checklist_of(view)]
    shown = counted(
        [str(block["block_id"]).split(".")[1] for block in blocks if block.get("block_id", "").startswith("i.")]
    )
    items = [step.id for view in every if not view.page.live for part in view.page.sections for step in part.steps]
    assert shown == counted(items)
    clicks = [click for click in actions_of(blocks) if click["action_id"] in (ids.STEP_TICK, ids.STEP_UNTICK)]
    refs = [read_ref(click["value"]) for click in clicks]
    buttons = counted([ref.step_id for ref in refs if isinstance(ref, StepRef)])
    assert buttons == (counted(items) if touchable(every[0]) else {})


def checklist_of(view: CardView) -> list[Any]:
    """All rows of a checklist: those of its card, or of the list that the card of an incident opens."""
    if not shows_what_is_next(view.procedure, view.page.stage):
        return draw(view).blocks
    count = page_of(sections(view), 0).count
    return [block for page in range(count) for block in items_form(view, page)["blocks"]]


@SOME
@given(views(), words(3000))
def test_every_list_of_items_is_a_form_that_slack_takes(every: list[CardView], said: str) -> None:
    for view in every:
        if not view.page.live and view.incident:
            assert refused_view(items_form(view, 0, said)) == []
            assert refused_view(items_form(view, 99)) == []


@SOME
@given(views())
def test_a_card_never_loses_its_bottom(every: list[CardView]) -> None:
    view = every[0]
    offered = {click["action_id"] for click in actions_of(draw(view).blocks)}
    assert not view.dead or ids.RUN_REVIVE in offered
    if not view.page.live:
        assert not view.incident or ids.INCIDENT_NOTE in offered
        waits = view.run.state is RunState.WAITING and view.page.stage == "before"
        assert not waits or ids.RUN_CANCEL in offered


@SOME
@given(views())
def test_a_button_ticks_what_is_open_and_unticks_what_is_settled(every: list[CardView]) -> None:
    for view in every:
        for click in actions_of(draw(view).blocks):
            if click["action_id"] in (ids.STEP_TICK, ids.STEP_UNTICK):
                ref = read_ref(click["value"])
                assert isinstance(ref, StepRef)
                record = view.records[ref.step_id]
                assert ref.decision == record.decision
                assert record.state.settled is (click["action_id"] == ids.STEP_UNTICK)


@SOME
@given(views())
def test_a_live_card_never_leaves_people_without_a_way_on(every: list[CardView]) -> None:
    for view in every:
        asks = [name for name in view.gates if any(name == s.id for p in view.page.sections for s in p.steps)]
        if view.page.live and view.run.state is RunState.ACTIVE and asks:
            actions = {click["action_id"] for click in actions_of(draw(view).blocks)}
            assert actions & {ids.GATE_RETRY, ids.STEP_TICK, ids.STEP_RUN, ids.STEP_START}


@SOME
@given(views())
def test_a_card_says_all_in_words_too(every: list[CardView]) -> None:
    for view in every:
        message = draw(view)
        items = sum(len(part.steps) for part in view.page.sections)
        if len(message.text) < 3800 and not view.page.live:
            assert message.text.count("\n- ") >= items


@st.composite
def situations(draw: st.DrawFn, most: int = 40) -> tuple[Any, list[Situation]]:
    procedure = draw(procedures())
    runbook = draw(runbooks(procedure))
    title = draw(words(150))
    run = Run(1, "work", KINDS["incident"], RunState.ACTIVE, "v", title, "U01ALICE", NOW, started_at=NOW)
    found = draw(records(run, procedure))
    each = Situation(incident_of(run, title, draw(st.sampled_from(IncidentStatus))), run, found, runbook)
    return runbook, [each] * draw(st.integers(0, most))


def message(answer: tuple[str, tuple[Any, ...]]) -> Message:
    return Message(answer[0], list(answer[1]))


@FEW
@given(situations())
def test_lists_and_status_of_incidents(given_: tuple[Any, list[Situation]]) -> None:
    runbook, found = given_
    assert refused(message(incident_list(found))) == []
    for each in found[:1]:
        assert refused(message(incident_status(each, "", ()))) == []
        topic = topic_of(each.incident, runbook)
        assert len(topic) <= TOPIC_LIMIT


@FEW
@given(situations(200), st.integers(0, 200))
def test_the_home(given_: tuple[Any, list[Situation]], count: int) -> None:
    runbook, found = given_
    running = [Progress(each.run, each.records, runbook) for each in found[:1]] * count
    assert refused_view(home_view(runbook.name, found, running)) == []
    assert refused(message(runs_now(running))) == []


@FEW
@given(words(3000), words(150), st.integers(0, 60))
def test_a_timeline(text: str, name: str, count: int) -> None:
    class Said(dict[str, Any]):
        def __missing__(self, key: str) -> Any:
            return [text] if key in ("left", "open", "users") else text

    kinds = [*WORDS, "card.unheard_of"]
    events = [Event(n, NOW, kinds[n % len(kinds)], "U01ALICE", name, 1, Said()) for n in range(count)]
    run = Run(1, "work", KINDS["incident"], RunState.ACTIVE, "v", name, "U1", NOW)
    assert refused(message(timeline_blocks(incident_of(run, name, IncidentStatus.OPEN), events))) == []


def drawn_of(template: Template) -> bool:
    """Whether it is drawn of its data and the runbook alone; what reads more is shown by tests of its own."""
    return template.read in (Template.__dataclass_fields__["read"].default, MESSAGES["incident.declared"].read)


@FEW
@given(situations(1), words(1000), st.booleans(), st.integers(0, 40))
def test_every_message_of_an_incident(given_: tuple[Any, list[Situation]], text: str, drill: bool, count: int) -> None:
    runbook, found = given_
    data = {
        "by": "U01ALICE", "old": "p3", "new": "p1", "user": "U02BRUNO", "role": "scribe", "summary": text, "left": 3,
        "declared_at": NOW.isoformat(), "open": [text] * count, "phase": text, "message": text,
        "users": ["U01ALICE"] * count, "budget": 900.0, "step": text, "doing": ("runs", "asks", "waits")[count % 3],
        "took": "3 min", "leads": True, "level": 2, "title": text, "due_at": NOW.isoformat(), "since": NOW.isoformat(),
        "confirm": count % 2 == 0, "late": 900.0, "why": text, "people": [text] * count,
        "until": NOW.isoformat(), "phase_id": "p0", "notes": 3, "done": [text] * count, "number": 7,
        "status": "identified",
        "state": "met", "words": text, "clock": text, "reference": text, "reason": text, "evidence": 3, "name": text,
        "giver": "U01ALICE", "taker": "U02BRUNO",
    }  # fmt: skip
    for each in found:
        of = Scene(Run(**{**vars(each.run), "drill": drill}), each.incident, data, found=runbook)
        reminder = MESSAGES["timer.phase"]
        for template in [ALERT, reminder, *(each for each in MESSAGES.values() if not each.as_is and drawn_of(each))]:
            said = render(template, replace(of, found="Bruno Barros") if template is reminder else of)
            assert refused(said) == []
            assert said.text.startswith(say("[DRILL]")) is drill


STATES = ("healthy", "unhealthy", "unknown")
INDICATORS = ("none", "minor", "major", "critical", "maintenance", "unknown")


@SOME
@given(words(), words(1000), st.integers(1, 20), st.integers(1, 30), st.integers(0, 12), st.integers(0, 5))
def test_the_health_card(title: str, reason: str, groups: int, checks: int, vendors: int, turn: int) -> None:
    results = tuple(
        HealthResult(0, NOW, "g", f"c{n}", title, STATES[(n + turn) % 3], n * 100 or None, reason if n % 2 else None)
        for n in range(checks)
    )
    incidents = (VendorIncident(reason, "investigating", "major", None),) * (turn + 1)
    statuses = tuple(
        (title, VendorStatus(title, INDICATORS[(n + turn) % 6], reason, NOW, incidents))
        for n in range(vendors)  # type: ignore[arg-type]
    )
    report = Report(((title, results),) * groups, statuses)
    again = [*["g" * 40] * groups, VENDORS]
    assert refused(health_card(report, ("U01ALICE",), NOW + timedelta(minutes=turn), again)) == []


@SOME
@given(st.data())
def test_every_form(data: st.DataObject) -> None:
    procedure = data.draw(procedures())
    runbook = data.draw(runbooks(procedure))
    text = data.draw(words(3000))
    steps = [step for _, step in procedure.steps()]
    left = [(step.text, StepRef(2_000_000_000, step.id, 9999)) for step in steps]
    made = [
        declare_form(runbook, "C0123456789"),
        deploy_form(runbook, "C0123456789"),
        note_form(2_000_000_000, text),
        resolve_form(2_000_000_000, [(step.id, step.text) for step in steps]),
        close_form(2_000_000_000, [(step.id, step.text) for step in steps]),
        unneeded_form(PhaseRef(2_000_000_000, "p"), [(step.id, step.text) for step in steps]),
        skip_form(2_000_000_000, left),
        skip_form(2_000_000_000, left[:1]),
        override_form(2_000_000_000, [Gate("lock", "failed", text), Gate("freeze", "failed", text)]),
        nothing_to_skip(),
        which_form(runbook, 7, []),
        which_form(runbook, 7, [SERVICES[0]]),
    ]
    assert [refused_view(form) for form in made] == [[]] * len(made)


def deployment(number: int, text: str, sha: str) -> dict[str, str]:
    made = (NOW - timedelta(hours=number)).isoformat()
    return {"id": f"dpl_{number:028d}", "sha": sha, "message": text, "author": text, "created_at": made}


@SOME
@given(st.data(), words(), st.integers(0, 20), st.sampled_from(["", "4f2c9d1"]), st.sampled_from(RunState))
def test_the_rollback_card(data: st.DataObject, text: str, count: int, sha: str, state: RunState) -> None:
    runbook = data.draw(runbooks(data.draw(procedures())))
    rows = [deployment(number, text, sha) for number in range(count)]
    first = rows[0]["id"] if rows else None
    recommended = rows[-1]["id"] if count > 1 else None
    listed = {"deployments": rows, "live": first, "recommended": recommended, "verified": True, "pinned": True}
    steps = [{"id": f"list{n}", "kind": "vercel.list", "text": text, "services": [SERVICES[n]]} for n in range(2)]
    phase = {"id": "p", "title": text, "stage": "before", "steps": steps}
    procedure = type(runbook.procedures[0]).model_validate(
        {"id": "rollback", "kind": "rollback", "title": text, "phases": [phase]}
    )
    run = Run(2_000_000_000, "rollback", KINDS["rollback"], state, "v", text[:150], "U01ALICE", NOW, targets=SERVICES)
    found = data.draw(records(run, procedure))
    if data.draw(st.booleans()):
        found["list1"] = found["list1"].evolve(detail={"services": {SERVICES[1]: listed}})
    view = CardView(run, pages(procedure, SERVICES)[0], runbook, procedure, found, NOW)
    assert refused(draw(view)) == []
